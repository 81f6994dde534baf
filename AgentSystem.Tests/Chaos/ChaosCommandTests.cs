using AgentSystem.Cli.Terminal;
using AgentSystem.Protocol;
using AgentSystem.Tests.Cli;
using AgentSystem.Tests.Orchestrator;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.Chaos;

/// <summary>agentctl chaos, against the real orchestrator.</summary>
public sealed class ChaosCommandTests : IDisposable
{
    private readonly OrchestratorApp _app = new(settings: ("Chaos:Enabled", "true"));
    private readonly string _url;

    public ChaosCommandTests() => _url = Listen(_app);

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Without_a_fault_it_says_which_there_are()
    {
        var run = await CliRun.InvokeAsync(["chaos"]);

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.All(FaultCatalog.All, kind => Assert.Contains(kind.Name, run.Out, StringComparison.Ordinal));
        Assert.Contains("--megabytes 1200", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_is_there_for_as_long_as_it_was_asked_for()
    {
        var run = await RunAsync(CancellationToken.None, "chaos", "slow-agent", "--worker", "marie", "--for", "1s", "--seconds", "2", "--json");

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Equal(("slow-agent", "marie", "2"), (run.Json.GetProperty("fault").GetString(), run.Json.GetProperty("worker").GetString(), run.Json.GetProperty("parameters").GetProperty("seconds").GetString()));
        Assert.Equal("expired", run.Json.GetProperty("ended").GetString());
        Assert.StartsWith("ann@", run.Json.GetProperty("by").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_interrupted_undoes_what_they_did()
    {
        using var interrupt = new CancellationTokenSource();
        var running = RunAsync(interrupt.Token, "chaos", "stuck-task", "--for", "10m", "--json");
        await Eventually.True(() => SharedVolume.List(_app.Volume.ChaosDir).Any());

        await interrupt.CancelAsync();

        var run = await running;
        Assert.Equal((ExitCode.Interrupted, "stopped"), (run.ExitCode, run.Json.GetProperty("ended").GetString()));
        Assert.Empty(SharedVolume.List(_app.Volume.ChaosDir));
        var list = await RunAsync(CancellationToken.None, "chaos", "list", "--all");
        Assert.Contains("stopped", list.Out, StringComparison.Ordinal);
        Assert.Contains("No faults.", (await RunAsync(CancellationToken.None, "chaos", "list")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faults_are_ended_by_anybody_and_the_one_who_held_them_hears_of_it()
    {
        var running = RunAsync(CancellationToken.None, "chaos", "stuck-task", "--for", "10m", "--json");
        await Eventually.True(() => SharedVolume.List(_app.Volume.ChaosDir).Any());

        var stopped = await RunAsync(CancellationToken.None, "chaos", "stop", "--by", "bob");

        Assert.Equal(ExitCode.Ok, stopped.ExitCode);
        Assert.Contains("bob", stopped.Out, StringComparison.Ordinal);
        Assert.Equal("bob", (await running).Json.GetProperty("ended_by").GetString());
    }

    [Theory]
    [InlineData(ExitCode.Usage, "chaos", "earthquake")]
    [InlineData(ExitCode.Usage, "chaos", "slow-agent", "--seconds", "0")]
    [InlineData(ExitCode.Usage, "chaos", "slow-agent", "--for", "long")]
    [InlineData(ExitCode.Usage, "chaos", "full-disk", "--worker", "marie")]
    [InlineData(ExitCode.Usage, "chaos", "stop", "../tasks")]
    [InlineData(ExitCode.Refused, "chaos", "slow-agent", "--worker", "bob")]
    [InlineData(ExitCode.Refused, "chaos", "slow-agent", "--for", "1h")]
    [InlineData(ExitCode.Refused, "chaos", "telemetry-away")]
    [InlineData(ExitCode.NotFound, "chaos", "stop", "none")]
    public async Task What_cannot_be_is_told_apart(int exitCode, params string[] args)
    {
        var run = await RunAsync(CancellationToken.None, args);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.NotEmpty(run.Error);
        Assert.Empty(SharedVolume.List(_app.Volume.ChaosDir));
    }

    [Fact]
    public async Task Where_it_is_not_enabled_the_refusal_says_how_to_enable_it()
    {
        using var app = new OrchestratorApp();

        var run = await CliRun.InvokeAsync(["chaos", "slow-agent", "--url", Listen(app), "--api-key", "secret"]);

        Assert.Equal(ExitCode.Refused, run.ExitCode);
        Assert.Contains("Chaos__Enabled=true ./start.sh", run.Error, StringComparison.Ordinal);
    }

    private Task<CliRun> RunAsync(CancellationToken cancellation, params string[] args) => CliRun.InvokeAsync(
        [.. args, "--url", _url, "--api-key", "secret"], variables: new Dictionary<string, string> { ["USER"] = "ann" }, cancellationToken: cancellation);

    private static string Listen(OrchestratorApp app)
    {
        app.UseKestrel(0);
        app.StartServer();
        return app.ClientOptions.BaseAddress.ToString();
    }
}
