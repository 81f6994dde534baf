using System.Text.Json;
using AgentSystem.Cli.Terminal;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Tests.Cli;

/// <summary>show, list, dead, workers, cancel, replay, and what all commands share.</summary>
public sealed class TaskCommandTests : IAsyncLifetime
{
    private FakeOrchestrator _server = null!;

    public async Task InitializeAsync() => _server = await FakeOrchestrator.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Show_tells_everything_about_a_task()
    {
        _server.Put(FakeOrchestrator.NewTask("T1", TaskState.Dead) with
        {
            Priority = TaskPriority.Critical,
            IdempotencyKey = "key-1",
            ReplayOf = "T0",
            Payload = JsonSerializer.SerializeToElement(new { path = "/docs/a [draft].md" }),
            Output = JsonSerializer.SerializeToElement(new { words = 42 }),
        });

        var people = await CliRun.AgainstAsync(_server, "show", "T1");
        var program = await CliRun.AgainstAsync(_server, "show", "T1", "--json");

        Assert.Equal((ExitCode.Ok, ExitCode.Ok), (people.ExitCode, program.ExitCode));
        foreach (var part in (string[])["T1", "dead", "critical", "marie", "1 of 3", "0af7651916cd43dd8448eb211c80319c", "key-1", "T0",
            "file_not_found", "the document is gone", "/docs/a [draft].md", "\"words\": 42"])
            Assert.Contains(part, people.Out, StringComparison.Ordinal);
        var task = program.Json.Deserialize(ApiJson.Default.TaskView)!;
        Assert.Equal((TaskState.Dead, "file_not_found"), (task.State, Assert.Single(task.Errors).Type));
    }

    [Fact]
    public async Task What_an_agent_said_cannot_reach_the_terminal_as_control_characters()
    {
        _server.Put(FakeOrchestrator.NewTask("T1") with { Message = "\u001b]0;owned\u0007 two\nlines", Output = JsonSerializer.SerializeToElement("\u001b[2J\u009b") });

        foreach (var command in (string[][])[["show", "T1"], ["list"], ["show", "T1", "--json"]])
        {
            var run = await CliRun.AgainstAsync(_server, command);
            Assert.DoesNotContain(run.Out, c => char.IsControl(c) && c is not ('\n' or '\r'));
        }
    }

    [Theory]
    [InlineData("show", "T404", ExitCode.NotFound)]
    [InlineData("cancel", "T404", ExitCode.NotFound)]
    [InlineData("replay", "T404", ExitCode.NotFound)]
    [InlineData("watch", "T404", ExitCode.NotFound)]
    [InlineData("show", "../dead", ExitCode.Usage)]
    [InlineData("cancel", "a/b", ExitCode.Usage)]
    [InlineData("show", "", ExitCode.Usage)]
    public async Task A_task_that_is_not_there_and_a_name_that_is_none_are_told_apart(string command, string id, int exitCode)
    {
        var run = await CliRun.AgainstAsync(_server, command, id);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.NotEmpty(run.Error);
    }

    [Fact]
    public async Task One_task_that_cannot_be_cancelled_does_not_spare_the_others()
    {
        _server.Put(FakeOrchestrator.NewTask("T1", TaskState.Completed));
        _server.Put(FakeOrchestrator.NewTask("T2"));

        var run = await CliRun.AgainstAsync(_server, "cancel", "T1", "T404", "T2", "--json");

        Assert.Equal(ExitCode.Refused, run.ExitCode);
        var cancelled = Assert.Single(run.Json.GetProperty("tasks").EnumerateArray());
        Assert.Equal(("T2", "cancelled"), (cancelled.GetProperty("id").GetString(), cancelled.GetProperty("state").GetString()));
        Assert.Contains("T1: The task is settled. (HTTP 409) Nothing can be cancelled about it.", run.Error, StringComparison.Ordinal);
        Assert.Contains("T404: There is no such task. (HTTP 404)", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_names_the_new_task()
    {
        _server.Put(FakeOrchestrator.NewTask("T1", TaskState.Dead));
        var run = await CliRun.AgainstAsync(_server, "replay", "T1");
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Contains("T1-again", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_hands_on_its_filters_and_names_the_next_page()
    {
        _server.Put(FakeOrchestrator.NewTask("T1"));
        _server.Next = "abc";

        var run = await CliRun.AgainstAsync(_server, "list", "--state", "ready", "--worker", "a b&c", "--limit", "7", "--cursor", "x");

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Equal("?state=ready&worker=a%20b%26c&limit=7&cursor=x", Assert.Single(_server.Queries));
        Assert.Contains("--cursor abc", run.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, (await CliRun.AgainstAsync(_server, "list", "--limit", "0")).ExitCode);
    }

    [Fact]
    public async Task Dead_lists_why_tasks_were_given_up()
    {
        _server.Put(FakeOrchestrator.NewTask("T1", TaskState.Dead));
        _server.Put(FakeOrchestrator.NewTask("T2"));
        var run = await CliRun.AgainstAsync(_server, "dead");
        Assert.Contains("file_not_found: the document is gone", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("T2", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Workers_tells_who_is_gone()
    {
        var run = await CliRun.AgainstAsync(_server, "workers");
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Matches(@"marie\s+alive\s+1\s+1/4", run.Out);
        Assert.Matches(@"anga\s+gone", run.Out);
    }

    [Fact]
    public async Task An_answer_that_is_not_ours_is_the_servers_fault()
    {
        _server.Refusals.Enqueue(context => Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, "<html>hello</html>"));
        var run = await CliRun.AgainstAsync(_server, "text", ["submit", "-"]);
        Assert.Equal(ExitCode.ServerFault, run.ExitCode);
        Assert.Contains("not understood", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_documents_every_exit_code()
    {
        foreach (var command in (string[][])[["--help"], ["submit", "--help"], ["watch", "-h"]])
        {
            var run = await CliRun.InvokeAsync(command);
            Assert.Equal(ExitCode.Ok, run.ExitCode);
            Assert.All(ExitCode.All, code => Assert.Contains(code.Meaning, run.Out, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData]
    [InlineData("bogus")]
    [InlineData("workers", "--bogus")]
    [InlineData("@/etc/passwd")]
    public async Task A_wrong_command_line_says_where_help_is(params string[] args)
    {
        var run = await CliRun.InvokeAsync(args);
        Assert.Equal((ExitCode.Usage, ""), (run.ExitCode, run.Out));
        Assert.Contains("--help", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Colour_is_for_terminals_that_want_it()
    {
        _server.Put(FakeOrchestrator.NewTask("T1", TaskState.Completed));
        string[] args = ["list", "--url", _server.Url, "--api-key", FakeOrchestrator.ApiKey];
        var wanted = new Dictionary<string, string> { ["TERM"] = "xterm-256color" };
        var unwanted = new Dictionary<string, string> { ["TERM"] = "xterm-256color", ["NO_COLOR"] = "1" };

        Assert.Contains("\u001b[", (await CliRun.InvokeAsync(args, variables: wanted, terminal: true)).Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', (await CliRun.InvokeAsync(args, variables: wanted)).Out);
        Assert.DoesNotContain('\u001b', (await CliRun.InvokeAsync(args, variables: unwanted, terminal: true)).Out);
        Assert.DoesNotContain('\u001b', (await CliRun.InvokeAsync([.. args, "--json"], variables: wanted, terminal: true)).Out);
    }
}
