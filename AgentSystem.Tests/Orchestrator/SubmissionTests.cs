using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AgentSystem.Orchestrator.Journal;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Tests.Orchestrator;

public sealed class SubmissionTests
{
    private const string Good = """{"type":"summarize","payload":{"text":"x"}}""";

    [Theory]
    [InlineData("", 400, "empty")]
    [InlineData("""{"type":]""", 400, "Line 1, byte 9")]
    [InlineData("[]", 400, "non-empty array")]
    [InlineData("7", 400, "the number 7")]
    [InlineData("""{"payload":{}}""", 400, "type is missing")]
    [InlineData("""{"type":"summarize"}""", 400, "payload is missing")]
    [InlineData("""{"type":"nonsense","payload":{}}""", 400, "known are document_analysis, process_document, summarize")]
    [InlineData("""{"type":5,"payload":{}}""", 400, "type must be text, not the number 5")]
    [InlineData("""{"type":"summarize","payload":[]}""", 400, "payload must be a JSON object, not an array")]
    [InlineData("""{"type":"summarize","payload":{},"priority":"asap"}""", 400, "critical, high, normal or low")]
    [InlineData("""{"type":"summarize","payload":{},"priority":1}""", 400, "critical, high, normal or low")]
    [InlineData("""{"type":"summarize","payload":{},"worker":"bob"}""", 400, "known are anga, fabien, marie")]
    [InlineData("""{"type":"summarize","payload":{},"id":"../x"}""", 400, "id must be 1 to 64")]
    [InlineData("""{"type":"summarize","payload":{},"max_attempts":0}""", 400, "from 1 to 100")]
    [InlineData("""{"type":"summarize","payload":{},"max_attempts":101}""", 400, "from 1 to 100")]
    [InlineData("""{"type":"summarize","payload":{},"deadline":"2001-01-01T00:00:00Z"}""", 400, "lies in the past")]
    [InlineData("""{"type":"summarize","payload":{},"deadline":"tomorrow"}""", 400, "must be a time such as")]
    [InlineData("""{"type":"summarize","payload":{},"colour":"red"}""", 400, "colour is not a field of a task")]
    [InlineData("""{"type":"summarize","type":"summarize","payload":{}}""", 400, "Duplicate")]
    [InlineData("""{"type":"summarize","payload":{"path":"/etc/passwd"}}""", 400, "outside the allowed folders")]
    [InlineData("""{"type":"summarize","payload":{"path":"relative.md"}}""", 400, "absolute path")]
    [InlineData("""{"type":"summarize","payload":{"path":7}}""", 400, "payload.path must be text")]
    [InlineData("""[{"type":"summarize","payload":{}},{"type":"nonsense","payload":{}}]""", 400, "tasks[1].type")]
    public async Task Bad_input_is_refused_with_what_to_do(string body, int status, string says)
    {
        using var app = new OrchestratorApp();
        using var response = await app.PostAsync("/tasks", body);
        var problem = await ProblemAsync(response, status);
        Assert.Contains(says, problem, StringComparison.Ordinal);
        Assert.Empty((await ListAsync(app, "")).Tasks);
    }

    [Fact]
    public async Task What_is_too_large_is_refused()
    {
        using var app = new OrchestratorApp();
        await ProblemAsync(await app.PostAsync("/tasks", Text(300_000)), 413);
        await ProblemAsync(await app.PostAsync("/tasks", "[" + string.Join(',', Enumerable.Repeat(Good, 10_001)) + "]"), 413);
        await ProblemAsync(await app.PostAsync("/tasks", Text(100_000_000)), 413);
    }

    [Fact]
    public async Task A_body_that_is_not_JSON_by_its_type_or_encoding_is_refused()
    {
        using var app = new OrchestratorApp();
        await ProblemAsync(await app.Http.PostAsync("/tasks", new StringContent(Good, Encoding.UTF8, "text/plain")), 415);
        var latin = new ByteArrayContent([.. "{\"type\":\""u8, 0xE9, .. "\"}"u8]);
        latin.Headers.ContentType = new("application/json");
        Assert.Contains("UTF-8", await ProblemAsync(await app.Http.PostAsync("/tasks", latin), 400), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_may_not_leave_its_folder_through_a_link()
    {
        using var app = new OrchestratorApp();
        await File.WriteAllTextAsync(Path.Combine(app.Documents, "a.md"), "text");
        Directory.CreateSymbolicLink(Path.Combine(app.Documents, "out"), "/etc");
        await app.SubmitAsync(); // The application is up.

        string Body(string path) => $$$"""{"type":"summarize","payload":{"path":"{{{path}}}"}}""";
        Assert.Equal(HttpStatusCode.Accepted, (await app.PostAsync("/tasks", Body(Path.Combine(app.Documents, "a.md")))).StatusCode);
        await ProblemAsync(await app.PostAsync("/tasks", Body(Path.Combine(app.Documents, "out", "passwd"))), 400);
        await ProblemAsync(await app.PostAsync("/tasks", Body(Path.Combine(app.Documents, "..", "..", "etc", "passwd"))), 400);
    }

    [Theory]
    [InlineData("/tasks?stat=dead", "stat is no parameter; there are state, worker")]
    [InlineData("/dead?state=dead", "state is no parameter; there are worker, type")]
    [InlineData("/events?taskid=a", "taskid is no parameter; there are after, task_id")]
    [InlineData("/workers?name=marie", "name is no parameter; there are none here")]
    public async Task A_query_parameter_that_a_call_does_not_have_is_refused(string address, string says)
    {
        using var app = new OrchestratorApp();
        Assert.Contains(says, await ProblemAsync(await app.Http.GetAsync(new Uri(address, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead), 400), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_task_is_accepted_and_can_be_found()
    {
        using var app = new OrchestratorApp();
        using var response = await app.PostAsync("/tasks", Good);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var view = (await app.Http.GetFromJsonAsync(response.Headers.Location!, ApiJson.Default.TaskView))!;
        Assert.Equal("x", view.Payload!.Value.GetProperty("text").GetString());
        Assert.NotNull(view.CorrelationId);
    }

    [Fact]
    public async Task A_batch_is_accepted_as_a_whole_or_not_at_all()
    {
        using var app = new OrchestratorApp();
        await app.SubmitAsync("\"id\":\"taken\"");
        var body = $$"""[{{Good}},{"type":"summarize","payload":{},"id":"taken"}]""";
        Assert.Contains("tasks[1].id", await ProblemAsync(await app.PostAsync("/tasks", body), 409), StringComparison.Ordinal);
        Assert.Single((await ListAsync(app, "")).Tasks);

        using var response = await app.PostAsync("/tasks", "[" + string.Join(',', Enumerable.Repeat(Good, 30)) + "]");
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var accepted = (await response.Content.ReadFromJsonAsync(ApiJson.Default.BatchAccepted))!;
        Assert.Equal(30, accepted.Tasks.Select(t => t.Id).Distinct().Count());
        Assert.Equal(30, accepted.Tasks.Select(t => t.CorrelationId).Distinct().Count());
        Assert.All(accepted.Tasks.CountBy(t => t.Worker), w => Assert.InRange(w.Value, 9, 11));
    }

    [Fact]
    public async Task The_same_key_never_makes_a_second_task()
    {
        using var app = new OrchestratorApp();
        var first = await app.PostAsync("/tasks", Good, "key-1");
        var again = await app.PostAsync("/tasks", Good.Replace(":", " : ", StringComparison.Ordinal), "key-1");
        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        await ProblemAsync(await app.PostAsync("/tasks", Good.Replace("\"x\"", "\"y\"", StringComparison.Ordinal), "key-1"), 422);
        await ProblemAsync(await app.PostAsync("/tasks", "[" + Good + "]", "key-2"), 400);
    }

    [Fact]
    public async Task A_full_queue_asks_to_come_back_later()
    {
        using var app = new OrchestratorApp(settings: ("Orchestrator:MaxPending", "2"));
        await app.SubmitAsync();
        await ProblemAsync(await app.PostAsync("/tasks", $"[{Good},{Good}]"), 429);
        await app.SubmitAsync();
        using var refused = await app.PostAsync("/tasks", Good);
        await ProblemAsync(refused, 429);
        Assert.NotNull(refused.Headers.RetryAfter);
    }

    [Fact]
    public async Task Many_submissions_share_few_commits()
    {
        using var app = new OrchestratorApp();
        await app.SubmitAsync();
        var journal = app.Get<TaskJournal>();
        var before = journal.Commits;
        var tasks = Enumerable.Range(0, 500).Select(_ => journal.RunAsync(s => s.Cancel("nobody"))).ToList();
        await Task.WhenAll(tasks);
        Assert.InRange(journal.Commits - before, 1, 100);
    }

    [Fact]
    public async Task Lists_are_filtered_and_paged()
    {
        using var app = new OrchestratorApp();
        for (var i = 0; i < 5; i++)
            await app.SubmitAsync($"\"id\":\"t{i}\",\"worker\":\"{(i % 2 == 0 ? "marie" : "anga")}\"");
        var first = await ListAsync(app, "?worker=marie&limit=2");
        Assert.Equal(["t4", "t2"], first.Tasks.Select(t => t.Id));
        var second = await ListAsync(app, $"?worker=marie&limit=2&cursor={first.Next}");
        Assert.Equal(["t0"], second.Tasks.Select(t => t.Id));
        Assert.Null(second.Next);
        Assert.Empty((await ListAsync(app, "?state=dead,cancelled")).Tasks);
        Assert.Empty((await ListAsync(app, "?created_after=2100-01-01T00:00:00Z")).Tasks);
        foreach (var query in new[] { "?limit=0", "?limit=x", "?state=lost", "?cursor=zzz", "?worker=bob", "?created_before=now" })
            await ProblemAsync(await app.Http.GetAsync("/tasks" + query), 400);
    }

    [Fact]
    public async Task Every_endpoint_but_the_probes_asks_for_the_key()
    {
        using var app = new OrchestratorApp();
        using var stranger = app.CreateClient(new() { AllowAutoRedirect = false });
        foreach (var path in new[] { "/tasks", "/tasks/x", "/dead", "/workers", "/workers/targets", "/events", "/openapi/v1.json", "/docs", "/" })
            Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync(path)).StatusCode);
        foreach (var path in new[] { "/health", "/alive", "/metrics" })
            Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task The_page_to_try_the_API_loads_nothing_from_elsewhere()
    {
        using var app = new OrchestratorApp();
        var document = JsonElement.Parse(await app.Http.GetStringAsync("/openapi/v1.json"));
        Assert.True(document.GetProperty("paths").TryGetProperty("/tasks/{id}/replay", out _));
        var redirect = await app.Http.GetAsync("/docs");
        var page = await app.Http.GetStringAsync(redirect.Headers.Location is { } there ? new Uri(new Uri(app.Http.BaseAddress!, "/docs"), there) : new Uri("/docs", UriKind.Relative));
        Assert.DoesNotContain("src=\"http", page, StringComparison.Ordinal);
        Assert.DoesNotContain("cdn.", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/tasks/nobody", 404)]
    [InlineData("/tasks/..%2Fetc", 400)]
    [InlineData("/nowhere", 404)]
    [InlineData("/events?after=x", 400)]
    [InlineData("/events?task_id=../x", 400)]
    public async Task What_is_not_there_is_a_problem_too(string path, int status)
    {
        using var app = new OrchestratorApp();
        await ProblemAsync(await app.Http.GetAsync(path), status);
    }

    internal static async Task<TaskPage> ListAsync(OrchestratorApp app, string query) =>
        (await app.Http.GetFromJsonAsync("/tasks" + query, ApiJson.Default.TaskPage))!;

    internal static async Task<string> ProblemAsync(HttpResponseMessage response, int status)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{response.StatusCode}: {body}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonElement.Parse(body);
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        return string.Join(' ', Strings(problem));
    }

    private static string Text(int length) => $$$"""{"type":"summarize","payload":{"text":"{{{new string('x', length)}}}"}}""";

    private static IEnumerable<string> Strings(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(p => Strings(p.Value).Prepend(p.Name)),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Strings),
        JsonValueKind.String => [value.GetString()!],
        _ => [],
    };
}
