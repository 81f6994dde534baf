using System.Text.Json;
using AgentSystem.Cli.Submission;
using AgentSystem.Cli.Terminal;
using AgentSystem.Protocol.Api;
using Microsoft.AspNetCore.Http;

namespace AgentSystem.Tests.Cli;

public sealed class SubmitTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agentctl-").FullName;
    private FakeOrchestrator _server = null!;

    public async Task InitializeAsync() => _server = await FakeOrchestrator.StartAsync();

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_file_becomes_one_task_that_names_its_absolute_path()
    {
        var path = Write("report.md");

        var run = await CliRun.AgainstAsync(_server, "submit", path, "--priority", "high", "--worker", "anga", "--max-attempts", "5",
            "--deadline", "2030-01-01T00:00:00Z", "--idempotency-key", "k");

        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        Assert.Contains("T00000", run.Out, StringComparison.Ordinal);
        Assert.Contains(path, run.Out, StringComparison.Ordinal);
        var task = Assert.Single(_server.Submissions);
        Assert.Equal("document_analysis", task.GetProperty("type").GetString());
        Assert.Equal(path, task.GetProperty("payload").GetProperty("path").GetString());
        Assert.Equal("high", task.GetProperty("priority").GetString());
        Assert.Equal("anga", task.GetProperty("worker").GetString());
        Assert.Equal(5, task.GetProperty("max_attempts").GetInt32());
        Assert.Equal("2030-01-01T00:00:00.000Z", task.GetProperty("deadline").GetString());
        Assert.Equal("k", task.GetProperty("idempotency_key").GetString());
    }

    [Fact]
    public async Task A_folder_becomes_a_task_for_each_text_file_below_it_and_nothing_else()
    {
        Write("b.txt");
        Write("sub/deep/a.md");
        Write(".hidden/secret.txt");
        Write("empty.txt", "");
        File.WriteAllBytes(Path.Combine(_folder, "image.png"), [0x89, 0x50, 0, 1]);
        File.WriteAllBytes(Path.Combine(_folder, "latin1.txt"), [0x66, 0xfc, 0x72]);
        File.CreateSymbolicLink(Path.Combine(_folder, "link.txt"), "/etc/passwd");

        var run = await CliRun.AgainstAsync(_server, "submit", _folder, "--json");

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Equal(2, run.Json.GetProperty("tasks").GetArrayLength());
        Assert.Contains("3 files passed over", run.Error, StringComparison.Ordinal);
        var paths = Assert.Single(_server.Submissions).EnumerateArray().Select(t => t.GetProperty("payload").GetProperty("path").GetString());
        Assert.Equal([Path.Combine(_folder, "b.txt"), Path.Combine(_folder, "sub/deep/a.md")], paths);
    }

    [Fact]
    public async Task A_text_that_is_cut_inside_a_character_by_the_sample_is_still_text()
    {
        var path = Write("umlauts.txt", "x" + new string('ü', 6000));
        Assert.Equal(ExitCode.Ok, (await CliRun.AgainstAsync(_server, "submit", path)).ExitCode);
    }

    [Fact]
    public async Task Standard_input_becomes_the_payloads_text()
    {
        var run = await CliRun.AgainstAsync(_server, "Good \"news\"\n", ["submit", "-", "--type", "summarize"]);

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        var task = Assert.Single(_server.Submissions);
        Assert.Equal("Good \"news\"\n", task.GetProperty("payload").GetProperty("text").GetString());
        Assert.Equal("summarize", task.GetProperty("type").GetString());
    }

    [Fact]
    public async Task Tasks_written_as_json_keep_what_they_say_and_get_the_rest_from_the_options()
    {
        var run = await CliRun.AgainstAsync(_server, """[{"type":"summarize","payload":{"text":"a"}},{"payload":{"text":"b"},"worker":"fabien"}]""",
            ["submit", "-", "--json-input", "--worker", "anga", "--idempotency-key", "k"]);

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        var tasks = Assert.Single(_server.Submissions).EnumerateArray().ToList();
        Assert.Equal(["summarize", "document_analysis"], tasks.Select(t => t.GetProperty("type").GetString()));
        Assert.Equal(["anga", "fabien"], tasks.Select(t => t.GetProperty("worker").GetString()));
        Assert.Equal(2, tasks.Select(t => t.GetProperty("idempotency_key").GetString()).Distinct().Count());
    }

    [Theory]
    [InlineData("""{"payload":""")]
    [InlineData("""{"priority":"urgent"}""")]
    [InlineData("[null]")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task Json_that_is_no_task_is_refused_before_anything_is_sent(string input)
    {
        var run = await CliRun.AgainstAsync(_server, input, ["submit", "-", "--json-input"]);

        Assert.Equal((ExitCode.Usage, ""), (run.ExitCode, run.Out));
        Assert.NotEmpty(run.Error);
        Assert.Empty(_server.Submissions);
    }

    [Fact]
    public async Task Input_that_is_missing_empty_or_no_text_is_refused_before_anything_is_sent()
    {
        var binary = Path.Combine(_folder, "program");
        File.WriteAllBytes(binary, [1, 0, 2]);
        var empty = Directory.CreateDirectory(Path.Combine(_folder, "empty")).FullName;
        string[][] commands = [["/nope"], [binary], [empty], ["-"], ["-", "-"], ["x", "--priority", "7"], ["x", "--deadline", "tomorrow"], ["x", "--deadline", "2030-01-01"], []];
        foreach (var inputs in commands)
        {
            var run = await CliRun.AgainstAsync(_server, ["submit", .. inputs]);
            Assert.True(run.ExitCode == ExitCode.Usage, string.Join(' ', inputs) + run.Error);
            Assert.NotEmpty(run.Error);
        }
        Assert.Empty(_server.Submissions);
    }

    [Fact]
    public async Task More_than_ten_thousand_tasks_go_in_several_requests_and_come_back_in_order()
    {
        var input = "[" + string.Join(',', Enumerable.Range(0, 10_001).Select(i => $$$"""{"payload":{"text":"{{{i}}}"}}""")) + "]";

        var run = await CliRun.AgainstAsync(_server, input, ["submit", "-", "--json-input", "--json"]);

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Equal([10_000, 1], _server.Submissions.Select(s => s.GetArrayLength()));
        Assert.Equal(10_001, run.Json.GetProperty("tasks").GetArrayLength());
    }

    [Fact]
    public void Large_payloads_make_smaller_requests()
    {
        var payload = JsonSerializer.SerializeToElement(new { text = new string('x', 3 << 20) });
        var tasks = Enumerable.Range(0, 5).Select(i => new NamedSubmission($"{i}", new TaskSubmission { Payload = payload })).ToList();
        Assert.Equal([2, 2, 1], Submitter.Split(tasks).Select(b => b.Count));
    }

    [Theory]
    [InlineData(TaskState.Completed, ExitCode.Ok)]
    [InlineData(TaskState.Dead, ExitCode.TaskFailed)]
    [InlineData(TaskState.Cancelled, ExitCode.TaskFailed)]
    public async Task Waiting_ends_with_the_task_and_says_how(TaskState end, int exitCode)
    {
        _server.OnAccepted = task =>
        {
            _server.Publish(task.Id, "progress", 0.5, "half");
            _server.Settle(task.Id, end);
        };

        var run = await CliRun.AgainstAsync(_server, "text", ["submit", "-", "--wait", "--json"]);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Equal(end.ToName(), run.Json.GetProperty("tasks")[0].GetProperty("state").GetString());
    }

    [Fact]
    public async Task Waiting_does_not_need_the_event()
    {
        _server.OnAccepted = task => _server.Put(FakeOrchestrator.NewTask(task.Id, TaskState.Completed));

        var run = await CliRun.AgainstAsync(_server, "text", ["submit", "-", "--wait"]);

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Contains("completed", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_too_long_says_so_and_still_names_the_tasks()
    {
        var run = await CliRun.AgainstAsync(_server, "text", ["submit", "-", "--wait", "--timeout", "0.5s", "--json"]);

        Assert.Equal(ExitCode.TimedOut, run.ExitCode);
        Assert.Equal("T00000", run.Json.GetProperty("tasks")[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_full_queue_is_waited_for_with_wait_and_is_an_error_without()
    {
        static Task Full(HttpContext context)
        {
            context.Response.Headers.RetryAfter = "0";
            return FakeOrchestrator.ProblemAsync(context, 429, "The queue is full.", "Try again later.");
        }
        _server.OnAccepted = task => _server.Settle(task.Id, TaskState.Completed);

        _server.Refusals.Enqueue(Full);
        var impatient = await CliRun.AgainstAsync(_server, "text", ["submit", "-"]);
        _server.Refusals.Enqueue(Full);
        _server.Refusals.Enqueue(Full);
        var patient = await CliRun.AgainstAsync(_server, "text", ["submit", "-", "--wait"]);

        Assert.Equal(ExitCode.Refused, impatient.ExitCode);
        Assert.Contains("The queue is full.", impatient.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, patient.ExitCode);
        Assert.Single(_server.Submissions);
    }

    [Fact]
    public async Task A_refusal_shows_the_problem_and_every_field()
    {
        _server.Refusals.Enqueue(context => FakeOrchestrator.ProblemAsync(context, 400, "The tasks are not valid.", "Nothing was accepted.",
            """{"[3].payload":["must be an object"],"[7].type":["is unknown"]}"""));

        var run = await CliRun.AgainstAsync(_server, "text", ["submit", "-", "--json"]);

        Assert.Equal((ExitCode.Refused, ""), (run.ExitCode, run.Out));
        foreach (var part in (string[])["The tasks are not valid. (HTTP 400)", "Nothing was accepted.", "[3].payload: must be an object", "[7].type: is unknown"])
            Assert.Contains(part, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_detail_that_repeats_the_fields_is_left_out()
    {
        _server.Refusals.Enqueue(context => FakeOrchestrator.ProblemAsync(context, 400, "Not valid.", "worker is unknown; type is unknown.",
            """{"worker":["is unknown"],"type":["is unknown"]}"""));

        var run = await CliRun.AgainstAsync(_server, "text", ["submit", "-"]);

        Assert.DoesNotContain("worker is unknown; type", run.Error, StringComparison.Ordinal);
        Assert.Contains("worker: is unknown", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_accepted_before_a_failure_is_named()
    {
        _server.OnAccepted = task =>
        {
            if (task.Id == "T00000")
                _server.Refusals.Enqueue(context => FakeOrchestrator.ProblemAsync(context, 503, "Shutting down."));
        };
        var input = "[" + string.Join(',', Enumerable.Repeat("""{"payload":{}}""", 10_001)) + "]";

        var run = await CliRun.AgainstAsync(_server, input, ["submit", "-", "--json-input", "--json"]);

        Assert.Equal(ExitCode.ServerFault, run.ExitCode);
        Assert.Equal(10_000, run.Json.GetProperty("tasks").GetArrayLength());
        Assert.Contains("Shutting down.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_with_markup_or_control_characters_do_not_break_the_table()
    {
        var path = Write("[red]bold[/] [[x] \u001b[31m\u0007.txt");

        var run = await CliRun.AgainstAsync(_server, "submit", path);

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Contains("[red]bold[/] [[x] ", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.Out);
        Assert.DoesNotContain('\u0007', run.Out);
    }

    private string Write(string name, string text = "Some text.\n")
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
