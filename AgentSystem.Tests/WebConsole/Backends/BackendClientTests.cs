using System.Net;
using AgentSystem.WebConsole.Backends;

namespace AgentSystem.Tests.WebConsole.Backends;

public sealed class BackendClientTests : IDisposable
{
    private readonly FakeBackend _backend = new();

    public void Dispose() => _backend.Dispose();

    [Fact]
    public async Task Data_is_data()
    {
        _backend.Answer = _ => FakeBackend.Json("""{"tasks":[],"next":"abc"}""");

        var answer = await _backend.Orchestrator.TasksAsync("limit=5");

        Assert.True(answer.IsData);
        Assert.Equal("abc", answer.Value.Next);
        Assert.Equal(["GET /tasks?limit=5"], _backend.Requests);
        Assert.Empty(_backend.Health.Down);
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError, "{}")]
    [InlineData(HttpStatusCode.OK, "no JSON")]
    [InlineData(HttpStatusCode.OK, "null")]
    public async Task An_error_of_its_own_means_that_it_is_down(HttpStatusCode status, string body)
    {
        _backend.Answer = _ => FakeBackend.Json(body, status);

        var answer = await _backend.Orchestrator.TasksAsync("");

        Assert.Equal(ProblemKind.Down, answer.Problem?.Kind);
        Assert.Contains(Backend.Orchestrator, _backend.Health.Down.Keys);
    }

    [Fact]
    public async Task It_is_down_since_its_first_failure_and_up_with_its_next_answer()
    {
        var began = _backend.Time.GetUtcNow();
        _backend.Answer = _ => throw new HttpRequestException(HttpRequestError.ConnectionError);
        Assert.Equal(began, (await _backend.Orchestrator.WorkersAsync()).Problem!.Since);
        _backend.Time.Advance(TimeSpan.FromMinutes(3));

        var later = (await _backend.Orchestrator.WorkersAsync()).Problem!;

        Assert.Equal((began, "Nobody listens at backend.test."), (later.Since, later.Text));
        _backend.Answer = _ => FakeBackend.Json("[]");
        Assert.True((await _backend.Orchestrator.WorkersAsync()).IsData);
        Assert.Empty(_backend.Health.Down);
    }

    [Fact]
    public async Task An_answer_that_does_not_come_in_time_means_that_it_is_down()
    {
        _backend.Answer = _ => throw new TaskCanceledException();

        Assert.Contains("No answer within", (await _backend.Orchestrator.WorkersAsync()).Problem!.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n[")]
    [InlineData("200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n[\r\n")]
    [InlineData("400 Bad Request\r\nContent-Length: 1000\r\n\r\nbecause")]
    [InlineData("503 Service Unavailable\r\nContent-Length: 1000\r\n\r\nbecause")]
    public async Task An_answer_that_stops_in_the_middle_means_that_it_is_down(string half)
    {
        using var server = new HalfAnAnswer(half);

        var problem = (await new OrchestratorClient(server, server.Health, server.Time).WorkersAsync()).Problem!;

        Assert.Equal((ProblemKind.Down, true), (problem.Kind, problem.Text.StartsWith("No answer within", StringComparison.Ordinal)));
        Assert.Contains(Backend.Orchestrator, server.Health.Down.Keys);
    }

    [Fact]
    public async Task An_answer_that_is_followed_is_taken_in_as_it_comes_and_has_no_end()
    {
        using var server = new HalfAnAnswer("200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: [{\"line\":1,\"text\":\"hello\",\"is_error\":false}]\n\n");
        using var enough = new CancellationTokenSource();
        var taken = new List<int>();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new ResourceServiceClient(server, server.Health, server.Time).FollowOutputAsync("x", 10, lines =>
        {
            taken.Add(lines.Count);
            if (lines.Count > 0)
                enough.Cancel();
        }, enough.Token));

        // Nothing at first: it is followed.
        Assert.Equal([0, 1], taken);
    }

    [Fact]
    public async Task An_answer_that_is_too_long_is_not_taken_in()
    {
        _backend.LongestAnswer = 10;
        _backend.Answer = _ => FakeBackend.Json("[                    ]");

        Assert.Equal(ProblemKind.Down, (await _backend.Orchestrator.WorkersAsync()).Problem?.Kind);
    }

    [Fact]
    public async Task Who_cancels_is_told_by_an_exception()
    {
        _backend.Answer = _ => throw new TaskCanceledException();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _backend.Orchestrator.WorkersAsync(new(canceled: true)));
        Assert.Empty(_backend.Health.Down);
    }

    [Fact]
    public async Task A_refusal_is_told_in_the_backends_words_and_is_no_outage()
    {
        _backend.Answer = _ => FakeBackend.Json("""{"title":"Task x is completed.","detail":"Only a task that is not settled can be cancelled."}""", HttpStatusCode.Conflict);

        var problem = (await _backend.Orchestrator.CancelAsync("x")).Problem!;

        Assert.Equal((ProblemKind.Refused, "Task x is completed. Only a task that is not settled can be cancelled."), (problem.Kind, problem.Text));
        Assert.Empty(_backend.Health.Down);
    }

    [Fact]
    public async Task A_backend_without_an_address_is_not_asked()
    {
        _backend.Address = null;

        var problem = (await _backend.Prometheus.QueryAsync("up")).Problem!;

        Assert.Equal((ProblemKind.NotConfigured, "This run has none: PROMETHEUS_URL is not set."), (problem.Kind, problem.Text));
        Assert.Empty(_backend.Requests);
    }

    [Fact]
    public async Task A_vector_becomes_samples()
    {
        _backend.Answer = _ => FakeBackend.Json(
            """{"status":"success","data":{"resultType":"vector","result":[{"metric":{"job":"node"},"value":[1435781451.781,"+Inf"]},{"metric":{},"value":[0,"NaN"]}]}}""");

        var samples = (await _backend.Prometheus.QueryAsync("a b")).Value!;

        Assert.Equal("GET /api/v1/query?query=a%20b", Assert.Single(_backend.Requests));
        Assert.Equal(("node", double.PositiveInfinity), (samples[0].Labels["job"], samples[0].Point.Value));
        Assert.Equal(1435781451781, samples[0].Point.At.ToUnixTimeMilliseconds());
        Assert.True(double.IsNaN(samples[1].Point.Value));
    }

    [Fact]
    public async Task A_mistake_in_a_query_is_told_where_it_is()
    {
        _backend.Answer = _ => FakeBackend.Json("""{"status":"error","errorType":"bad_data","error":"1:3: parse error"}""", HttpStatusCode.BadRequest);
        Assert.Equal("1:3: parse error", (await _backend.Prometheus.QueryAsync("a b")).Problem!.Text);

        _backend.Answer = _ => FakeBackend.Json("""{"status":"success","data":{"resultType":"matrix","result":[]}}""");
        Assert.Equal(ProblemKind.Refused, (await _backend.Prometheus.QueryAsync("up[5m]")).Problem!.Kind);
    }
}
