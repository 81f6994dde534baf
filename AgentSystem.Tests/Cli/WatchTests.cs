using System.Globalization;
using System.Text;
using AgentSystem.Cli.Terminal;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Tests.Cli;

public sealed class WatchTests : IAsyncLifetime
{
    private FakeOrchestrator _server = null!;

    public async Task InitializeAsync() => _server = await FakeOrchestrator.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Every_event_is_one_line_of_json()
    {
        _server.Put(FakeOrchestrator.NewTask("T1"));
        _server.Publish("T1", "progress", 0.5, "half\n\u001b[31m");
        _server.Publish("T2", "progress");
        _server.Settle("T1", TaskState.Completed);

        var run = await CliRun.AgainstAsync(_server, "watch", "--until-idle", "--json");

        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        Assert.Equal(["progress", "progress", "completed"], run.JsonLines.Select(l => l.GetProperty("event").GetString()));
    }

    [Fact]
    public async Task Watching_tasks_shows_only_theirs_and_ends_with_them()
    {
        _server.Put(FakeOrchestrator.NewTask("T1"));
        _server.Publish("T9", "progress");
        _server.Settle("T1", TaskState.Dead);

        var run = await CliRun.AgainstAsync(_server, "watch", "T1");

        Assert.Equal(ExitCode.TaskFailed, run.ExitCode);
        Assert.Contains("dead", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("T9", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_connection_is_made_again_and_goes_on_after_the_last_event()
    {
        _server.Put(FakeOrchestrator.NewTask("T1"));
        _server.Publish("T1", "claimed");
        _server.Publish("T1", "started");
        using var output = new LineSignal();
        var watch = CliRun.InvokeAsync(["watch", "T1", "--json", "--url", _server.Url, "--api-key", FakeOrchestrator.ApiKey], output: output);

        await output.WaitForAsync("started");
        _server.DropConnections();
        _server.Publish("T1", "progress", 0.9);
        await output.WaitForAsync("\"seq\":3");
        _server.Settle("T1", TaskState.Completed);
        var run = await watch;

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Equal([null, "2"], _server.LastEventIds);
        Assert.Equal(["1", "2", "3", "4"], run.JsonLines.Select(l => l.GetProperty("seq").GetInt64().ToString(CultureInfo.InvariantCulture)));
        Assert.Contains("Connected again.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Once_shows_what_is_there_and_ends()
    {
        _server.Put(FakeOrchestrator.NewTask("T1"));
        var people = await CliRun.AgainstAsync(_server, "watch", "--once");
        var program = await CliRun.AgainstAsync(_server, "watch", "--once", "--json");
        Assert.Contains("T1", people.Out, StringComparison.Ordinal);
        Assert.Equal(1, program.Json.GetProperty("tasks").GetArrayLength());
        Assert.Equal(ExitCode.Usage, (await CliRun.AgainstAsync(_server, "watch", "--once", "--until-idle")).ExitCode);
    }

    [Fact]
    public async Task A_terminal_gets_a_table_that_is_drawn_again()
    {
        _server.Put(FakeOrchestrator.NewTask("T1") with { Message = "[red]not markup[/]" });
        using var output = new LineSignal();
        var watch = CliRun.InvokeAsync(["watch", "T1", "--url", _server.Url, "--api-key", FakeOrchestrator.ApiKey],
            output: output, terminal: true, variables: new Dictionary<string, string> { ["TERM"] = "xterm" });

        await output.WaitForAsync("T1");
        _server.Settle("T1", TaskState.Completed);
        var run = await watch;

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Contains("1 completed", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupting_ends_with_the_code_that_shells_know()
    {
        _server.Put(FakeOrchestrator.NewTask("T1"));
        _server.Publish("T1", "started");
        using var output = new LineSignal();
        using var interrupt = new CancellationTokenSource();
        var watch = CliRun.InvokeAsync(["watch", "--url", _server.Url, "--api-key", FakeOrchestrator.ApiKey], output: output, cancellationToken: interrupt.Token);

        await output.WaitForAsync("started");
        await interrupt.CancelAsync();

        Assert.Equal(ExitCode.Interrupted, (await watch).ExitCode);
    }

    [Fact]
    public async Task Watching_too_long_ends_with_a_code_of_its_own()
    {
        _server.Put(FakeOrchestrator.NewTask("T1"));
        var run = await CliRun.AgainstAsync(_server, "watch", "--until-idle", "--timeout", "0.7s");
        Assert.Equal(ExitCode.TimedOut, run.ExitCode);
    }

    /// <summary>A standard output that a test can wait on.</summary>
    private sealed class LineSignal : StringWriter
    {
        private readonly Lock _lock = new();
        private readonly List<(string Text, TaskCompletionSource Seen)> _waits = [];

        public override Encoding Encoding => Encoding.UTF8;

        public Task WaitForAsync(string text)
        {
            lock (_lock)
            {
                if (GetStringBuilder().ToString().Contains(text, StringComparison.Ordinal))
                    return Task.CompletedTask;
                var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _waits.Add((text, seen));
                return seen.Task.WaitAsync(TimeSpan.FromSeconds(30));
            }
        }

        public override void Write(char value) => Signal(() => base.Write(value));

        public override void Write(string? value) => Signal(() => base.Write(value));

        public override void WriteLine(string? value) => Signal(() => base.WriteLine(value));

        public override string ToString()
        {
            lock (_lock)
                return base.ToString();
        }

        private void Signal(Action write)
        {
            lock (_lock)
            {
                write();
                var text = GetStringBuilder().ToString();
                foreach (var (wanted, seen) in _waits)
                    if (text.Contains(wanted, StringComparison.Ordinal))
                        seen.TrySetResult();
            }
        }
    }
}
