using System.Text.Json;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Tasks;
using Bunit;

namespace AgentSystem.Tests.WebConsole.Tasks;

public sealed class TaskStoryPageTests : IDisposable
{
    private const string Parent = "01M86V02AKXZNR056XN3Z899RF", Child = "01M86V02AKXZNR056XN3Z899RG", Trace = "0af7651916cd43dd8448eb211c80319c";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ConsoleComponents _console = new();

    public void Dispose() => _console.Dispose();

    [Fact]
    public void Who_goes_from_one_task_to_another_sees_nothing_of_the_first()
    {
        _console.Backends.Answer(Backend.Orchestrator, $"/tasks/{Parent}", View(Parent, Trace));
        _console.Backends.Answer(Backend.Orchestrator, $"/tasks/{Child}", View(Child, null));
        foreach (var id in (string[])[Parent, Child])
            _console.Backends.Answer(Backend.Orchestrator, $"/tasks/{id}/why", """{"title":"It is not known."}""", System.Net.HttpStatusCode.Conflict);
        _console.Backends.Answer(Backend.Jaeger, $"/api/traces/{Trace}", """
            {"data":[{"traceID":"TRACE","processes":{"p1":{"serviceName":"marie","tags":[]}},"spans":[
            {"traceID":"TRACE","spanID":"0000000000000001","operationName":"chat claude","references":[],"startTime":1,"duration":1,"processID":"p1","logs":[],
             "tags":[{"key":"gen_ai.operation.name","type":"string","value":"chat"},{"key":"gen_ai.usage.input_tokens","type":"int64","value":321}]}]}]}
            """.Replace("TRACE", Trace, StringComparison.Ordinal));
        _console.Backends.Answer(Backend.Loki, "/loki/api/v1/query_range", """
            {"status":"success","data":{"resultType":"streams","result":[{"stream":{"service_name":"marie"},"values":[["1000000","a line of the parent"]]}]}}
            """);
        var page = _console.Render<TaskStoryPage>(parameters => parameters.Add(p => p.Id, Parent));
        page.WaitForAssertion(() => Assert.All((string[])["321 in", "a line of the parent", "chat claude"], text => Assert.Contains(text, page.Markup, StringComparison.Ordinal)), Patience);

        page.Render(parameters => parameters.Add(p => p.Id, Child));

        page.WaitForAssertion(() => Assert.Contains("none called", page.Markup, StringComparison.Ordinal), Patience);
        Assert.All((string[])["321 in", "a line of the parent", "chat claude"], text => Assert.DoesNotContain(text, page.Markup, StringComparison.Ordinal));
    }

    private static string View(string id, string? trace) => JsonSerializer.Serialize(
        new TaskView
        {
            Id = id,
            Type = "summarize",
            Priority = TaskPriority.Normal,
            State = TaskState.Completed,
            Worker = "marie",
            Attempt = 1,
            MaxAttempts = 3,
            CreatedAt = DateTimeOffset.UnixEpoch,
            FinishedAt = DateTimeOffset.UnixEpoch.AddMinutes(1),
            CorrelationId = trace,
        }, ApiJson.Default.TaskView);
}
