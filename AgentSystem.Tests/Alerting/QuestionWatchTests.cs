using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AgentSystem.Alerting.Incidents;
using AgentSystem.Protocol.Api;
using AgentSystem.Tests.Alerting.Notifications;
using AgentSystem.Tests.Orchestrator;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.Alerting;

/// <summary>What agents ask the real orchestrator is told in Slack, once, and edited there.</summary>
public sealed class QuestionWatchTests : IAsyncLifetime, IDisposable
{
    private static readonly string[] Choices = ["now", "later"];

    private readonly OrchestratorApp _orchestrator = new(settings: ("API_KEY", AlertingHost.ApiKey));
    private readonly HttpClient _http;
    private FakeServices _services = null!;

    public QuestionWatchTests()
    {
        _orchestrator.UseKestrel(0);
        _orchestrator.StartServer();
        _http = new() { BaseAddress = _orchestrator.ClientOptions.BaseAddress };
        _http.DefaultRequestHeaders.Add(ConnectionFile.ApiKeyHeader, AlertingHost.ApiKey);
    }

    public async Task InitializeAsync() => _services = await FakeServices.StartAsync();

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        await _orchestrator.DisposeAsync();
    }

    public void Dispose()
    {
        _http.Dispose();
        _orchestrator.Dispose();
    }

    [Fact]
    public async Task A_question_is_one_message_from_asking_to_its_answer_also_over_a_restart()
    {
        using var folder = new TempFolder();
        (string, string)[] settings =
        [
            .. _services.Settings, ("ORCHESTRATOR_URL", _http.BaseAddress!.ToString()), ("Alerting:QuestionInterval", "00:00:00.050"),
            ("Alerting:ConsoleUrl", "http://console.test"), ("ALERTING_DB", folder["incidents.db"]),
        ];
        var task = (await _http.PostAsJsonAsync("/tasks", new { type = "summarize", payload = new { text = "x" } })).EnsureSuccessStatusCode();
        var taskId = JsonNode.Parse(await task.Content.ReadAsStringAsync())!["id"]!.ToString();
        var asked = (await _http.PostAsJsonAsync($"/tasks/{taskId}/questions", new { text = "Ship <it> & when?", choices = Choices })).EnsureSuccessStatusCode();
        var id = JsonNode.Parse(await asked.Content.ReadAsStringAsync())!["id"]!.ToString();

        await using (var host = await AlertingHost.StartAsync(settings))
        {
            await Eventually.True(() => _services.Messages.Count == 1);
            var message = _services.Messages[0].ToJsonString();
            foreach (var part in (string[])["Ship \\u0026lt;it\\u0026gt;", "now, later", $"agentctl answer {id}", $"http://console.test/tasks/{taskId}"])
                Assert.Contains(part, message, StringComparison.Ordinal);
            await Eventually.True(async () => (await host.Get<IncidentStore>().ReadAsync(session => session.Waiting())).Count == 0);
        }

        (await _http.PostAsJsonAsync($"/questions/{id}/answer", new { text = "later", by = "kai" })).EnsureSuccessStatusCode();
        await using (await AlertingHost.StartAsync(settings))
            await Eventually.True(() => _services.Messages[0].ToJsonString().Contains("answered by kai", StringComparison.Ordinal));
        Assert.Single(_services.Messages);
        Assert.Single(_services.Requests, "chat.postMessage");
        Assert.Empty(_services.Events);
        Assert.Empty(_services.Violations);
    }

    [Fact]
    public async Task What_was_over_before_anybody_was_told_is_told_to_nobody_and_an_orchestrator_that_is_away_is_waited_for()
    {
        var task = (await _http.PostAsJsonAsync("/tasks", new { type = "summarize", payload = new { text = "x" } })).EnsureSuccessStatusCode();
        var taskId = JsonNode.Parse(await task.Content.ReadAsStringAsync())!["id"]!.ToString();
        (await _http.PostAsJsonAsync($"/tasks/{taskId}/questions", new { text = "Old?" })).EnsureSuccessStatusCode();
        await _http.PostAsync($"/tasks/{taskId}/cancel", null);
        await using var gate = new TcpGate { Server = _http.BaseAddress!, IsOpen = false };
        await using var host = await AlertingHost.StartAsync(
            [.. _services.Settings, ("ORCHESTRATOR_URL", gate.Address.ToString()), ("Alerting:QuestionInterval", "00:00:00.050")]);
        await host.LoggedAsync("QuestionsUnknown");
        var other = (await _http.PostAsJsonAsync("/tasks", new { type = "summarize", payload = new { text = "x" } })).EnsureSuccessStatusCode();
        var otherId = JsonNode.Parse(await other.Content.ReadAsStringAsync())!["id"]!.ToString();
        (await _http.PostAsJsonAsync($"/tasks/{otherId}/questions", new { text = "New?" })).EnsureSuccessStatusCode();
        gate.IsOpen = true;

        await Eventually.True(() => _services.Messages.Count > 0);
        Assert.Contains("New?", Assert.Single(_services.Messages).ToJsonString(), StringComparison.Ordinal);
    }
}
