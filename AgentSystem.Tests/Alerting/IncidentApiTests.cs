using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentSystem.Alerting.Incidents;
using AgentSystem.Protocol.Api;
using static AgentSystem.Tests.Alerting.Incidents.SomeAlerts;

namespace AgentSystem.Tests.Alerting;

public sealed class IncidentApiTests : IAsyncLifetime
{
    private AlertingHost _host = null!;
    private HttpClient _http = null!;
    private string _id = "";

    public async Task InitializeAsync()
    {
        _host = await AlertingHost.StartAsync();
        _http = _host.NewClient();
        await _host.Get<IncidentDesk>().ReceiveAsync([Firing("WorkerDown", "marie"), Firing("HighTaskLatency", severity: "warning", at: 9000, receiver: "tickets-platform")]);
        _id = (await ListAsync("?severity=critical")).Single().Id;
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Incidents_are_listed_by_state_and_severity_and_shown_with_their_timeline()
    {
        Assert.Equal(2, (await ListAsync("")).Count);
        Assert.Equal(2, (await ListAsync("?severity=warning&state=open,acknowledged")).Count);
        Assert.Empty(await ListAsync("?state=resolved"));
        Assert.Single(await ListAsync("?limit=1"));
        Assert.All(await ListAsync(""), incident => Assert.Empty(incident.Timeline));

        var incident = (await _http.GetFromJsonAsync($"/incidents/{_id}", ApiJson.Default.Incident))!;
        Assert.Equal(("opened", "marie"), (Assert.Single(incident.Timeline).Event, incident.Alerts[0].Labels["worker"]));
        Assert.Contains("\"opened_at\":", await _http.GetStringAsync($"/incidents/{_id}"), StringComparison.Ordinal);
        var alerts = (await _http.GetFromJsonAsync("/alerts", ApiJson.Default.AlertList))!.Alerts;
        Assert.Contains(alerts, alert => alert.IncidentId == _id && alert.Name == "WorkerDown");
    }

    [Fact]
    public async Task What_people_do_is_done_once_and_answered_with_the_incident()
    {
        Assert.Equal(IncidentState.Acknowledged, (await ActAsync("acknowledge", """{"by":"ann"}""")).State);
        Assert.Equal("ann", (await ActAsync("acknowledge", """{"by":"bob"}""")).AcknowledgedBy);
        Assert.Equal("bob", (await ActAsync("assign", """{"assignee":"bob"}""")).Assignee);
        Assert.Equal("operator", (await ActAsync("notes", """{"text":"looking"}""")).Timeline[^1].By);
        Assert.Equal("operator", (await ActAsync("resolve", "")).ResolvedBy);
    }

    [Theory]
    [InlineData("/incidents/none", null, 404)]
    [InlineData("/incidents?state=odd", null, 400)]
    [InlineData("/incidents?severity=1", null, 400)]
    [InlineData("/incidents?limit=0", null, 400)]
    [InlineData("/incidents?sate=open", null, 400)]
    [InlineData("/incidents/none/acknowledge", "{}", 404)]
    [InlineData("/incidents/{id}/assign", "{}", 400)]
    [InlineData("/incidents/{id}/merge", "{}", 400)]
    [InlineData("/incidents/{id}/merge", """{"into":"{id}"}""", 409)]
    [InlineData("/incidents/{id}/notes", """{"text":" "}""", 400)]
    [InlineData("/incidents/{id}/notes", """{"text":"\ud800"}""", 400)]
    [InlineData("/incidents/{id}/notes", "[", 400)]
    [InlineData("/incidents/{id}/resolve", "[]", 400)]
    [InlineData("/changes", "", 400)]
    [InlineData("/changes", "{}", 400)]
    [InlineData("/changes", """{"summary":"x","link":"javascript:1"}""", 400)]
    public async Task What_cannot_be_done_is_a_problem_that_says_what_to_do(string path, string? body, int status)
    {
        path = path.Replace("{id}", _id, StringComparison.Ordinal);
        using var content = body is null ? null : Json(body.Replace("{id}", _id, StringComparison.Ordinal));
        using var answer = content is null ? await _http.GetAsync(path) : await _http.PostAsync(path, content);

        Assert.Equal((HttpStatusCode)status, answer.StatusCode);
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        using var content = Json($$"""{"text":"{{new string('x', 70_000)}}"}""");
        using var answer = await _http.PostAsync($"/incidents/{_id}/notes", content);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task Without_the_key_nobody_gets_in()
    {
        using var stranger = _host.NewClient(apiKey: null);
        foreach (var path in (string[])["/incidents", "/alerts", $"/incidents/{_id}"])
        {
            using var answer = await stranger.GetAsync(path);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_change_is_a_reason_for_what_begins_shortly_after()
    {
        using var content = Json($$"""{"summary":"deployed 1.2","at":"{{At(17_900):o}}"}""");
        using var answer = await _http.PostAsync("/changes", content);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);

        await _host.Get<IncidentDesk>().ReceiveAsync([Firing("OrchestratorDown", at: 18_000)]);

        var incident = Assert.Single(await ListAsync("?severity=critical"), incident => incident.Id != _id);
        Assert.Contains("100 s before it began, something was changed: deployed 1.2.", incident.Cause!.Reasons);
    }

    private async Task<IReadOnlyList<Incident>> ListAsync(string query) => (await _http.GetFromJsonAsync($"/incidents{query}", ApiJson.Default.IncidentList))!.Incidents;

    private async Task<Incident> ActAsync(string action, string body)
    {
        using var content = Json(body);
        using var answer = await _http.PostAsync($"/incidents/{_id}/{action}", content);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync(ApiJson.Default.Incident))!;
    }

    private static StringContent Json(string body) => new(body, System.Text.Encoding.UTF8, "application/json");
}
