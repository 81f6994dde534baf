using AgentSystem.Cli.Terminal;
using AgentSystem.Orchestrator.Journal;
using AgentSystem.Tests.Orchestrator;

namespace AgentSystem.Tests.Cli;

/// <summary>questions, answer and budget, against the real orchestrator.</summary>
public sealed class QuestionCommandTests : IDisposable
{
    private readonly OrchestratorApp _app = new(settings: ("Budget:WorkerUsd", "4"));
    private readonly string _url;

    public QuestionCommandTests()
    {
        _app.UseKestrel(0);
        _app.StartServer();
        _url = _app.ClientOptions.BaseAddress.ToString();
    }

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task A_question_is_listed_and_answered()
    {
        var task = await _app.SubmitAsync();
        Assert.Contains("No questions.", (await RunAsync("questions")).Error, StringComparison.Ordinal);
        await _app.PostAsync($"/tasks/{task.Id}/questions", """{"text":"Delete \u001b[31mall?","choices":["yes","no"]}""");

        var listed = await RunAsync("questions");
        var id = (await RunAsync("questions", "--json")).Json.GetProperty("questions")[0].GetProperty("id").GetString()!;
        foreach (var part in (string[])[id, task.Id, "open", task.Worker, "[31mall?", "one of: yes, no", $"agentctl answer {id}"])
            Assert.Contains(part, listed.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', listed.Out);

        Assert.Equal(ExitCode.Refused, (await RunAsync("answer", id, "perhaps")).ExitCode);
        Assert.Contains("goes on", (await RunAsync("answer", id, "no")).Error, StringComparison.Ordinal);
        Assert.Contains("tester answered: no", (await RunAsync("questions", "--state", "answered")).Out, StringComparison.Ordinal);
        Assert.Contains("tester answered", (await RunAsync("answer", id, "yes")).Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.NotFound, (await RunAsync("answer", "none", "yes")).ExitCode);
        Assert.Equal(ExitCode.Usage, (await RunAsync("answer", "../budget", "yes")).ExitCode);
        Assert.Equal(ExitCode.Usage, (await RunAsync("questions", "--state", "odd")).ExitCode);
    }

    [Fact]
    public async Task The_budget_is_shown_with_what_is_gone_and_a_task_with_its_cost()
    {
        var task = await _app.SubmitAsync("\"worker\":\"marie\"");
        var journal = _app.Get<TaskJournal>();
        var limits = new PurseLimits(long.MaxValue, long.MaxValue, long.MaxValue, long.MaxValue, 9);
        var held = await journal.RunAsync(s => s.Purse.Reserve(new(task.Id, 1, "marie", "m", Money.FromUsd(0.5m), TimeSpan.FromMinutes(1)), limits));
        await journal.RunAsync(s => s.Purse.Reserve(new(task.Id, 1, "marie", "m", Money.FromUsd(0.5m), TimeSpan.FromMinutes(1)), limits));
        await journal.RunAsync(s => s.Purse.Settle(((CallDecision.Granted)held).Id, (_, _) => Money.FromUsd(0.5m), new(1, 1), estimated: false));

        var shown = (await RunAsync("budget")).Out;
        foreach (var part in (string[])["month", "marie's day", "$4.00", "$0.50", "25 %", "Of 16 model calls that may be under way at once, 1 are."])
            Assert.Contains(part, shown, StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync("budget", "--json")).Json.GetProperty("open_calls").GetInt32());
        Assert.Matches(@"Cost\s+\$0\.50", (await RunAsync("show", task.Id)).Out);
    }

    private Task<CliRun> RunAsync(params string[] args) => CliRun.InvokeAsync(
        [.. args, "--url", _url, "--api-key", "secret"], variables: new Dictionary<string, string> { ["USER"] = "tester" });
}
