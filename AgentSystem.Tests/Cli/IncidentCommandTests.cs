using AgentSystem.Alerting.Incidents;
using AgentSystem.Cli.Terminal;
using AgentSystem.Protocol.Api;
using AgentSystem.Tests.Alerting;
using AgentSystem.Tests.Support;
using static AgentSystem.Tests.Alerting.Incidents.SomeAlerts;

namespace AgentSystem.Tests.Cli;

/// <summary>alerts and incidents, against the real alerting service.</summary>
public sealed class IncidentCommandTests : IAsyncLifetime
{
    private AlertingHost _host = null!;
    private string _id = "";

    public async Task InitializeAsync()
    {
        _host = await AlertingHost.StartAsync();
        await _host.Get<IncidentDesk>().ReceiveAsync([Firing("WorkerDown", "marie", summary: "marie \u001b[31mis gone"), Firing("HighTaskLatency", severity: "warning", at: 9000, receiver: "tickets-platform")]);
        _id = (await RunAsync("incidents", "--severity", "critical", "--json")).Json.GetProperty("incidents")[0].GetProperty("id").GetString()!;
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Alerts_and_incidents_are_listed_for_people_and_for_programs()
    {
        var alerts = await RunAsync("alerts");
        Assert.Equal(ExitCode.Ok, alerts.ExitCode);
        foreach (var part in (string[])["WorkerDown", "firing", "critical", "worker/marie", _id, "HighTaskLatency"])
            Assert.Contains(part, alerts.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', alerts.Out);
        Assert.Equal(2, (await RunAsync("alerts", "--json")).Json.GetProperty("alerts").GetArrayLength());
        Assert.Contains("WorkerDown: marie", (await RunAsync("incidents")).Out, StringComparison.Ordinal);
        Assert.Contains("No incidents.", (await RunAsync("incidents", "--state", "resolved")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_incident_is_shown_with_its_cause_its_alerts_and_its_timeline()
    {
        var run = await RunAsync("incidents", "show", _id);

        foreach (var part in (string[])[_id, "open", "critical", "WorkerDown of the worker marie", "It is the only alert.", "WorkerDown of the worker marie fires"])
            Assert.Contains(part, run.Out, StringComparison.Ordinal);
        Assert.Equal("opened", (await RunAsync("incidents", "show", _id, "--json")).Json.GetProperty("timeline")[0].GetProperty("event").GetString());
    }

    [Fact]
    public async Task What_people_do_is_done_in_their_name()
    {
        var other = (await RunAsync("incidents", "--json")).Json.GetProperty("incidents").EnumerateArray().Select(i => i.GetProperty("id").GetString()!).Single(id => id != _id);

        Assert.Equal("acknowledged", (await RunAsync("incidents", "ack", _id, "--by", "ann", "--json")).Json.GetProperty("state").GetString());
        Assert.Equal("bob", (await RunAsync("incidents", "assign", _id, "bob", "--json")).Json.GetProperty("assignee").GetString());
        Assert.Equal(ExitCode.Ok, (await RunAsync("incidents", "note", _id, "looking")).ExitCode);
        Assert.Equal(_id, (await RunAsync("incidents", "merge", other, _id, "--json")).Json.GetProperty("id").GetString());
        var resolved = (await RunAsync("incidents", "resolve", _id, "--json")).Json;
        Assert.Equal(("resolved", "tester"), (resolved.GetProperty("state").GetString(), resolved.GetProperty("resolved_by").GetString()));
        var refused = await RunAsync("incidents", "ack", _id);
        Assert.Equal(ExitCode.Refused, refused.ExitCode);
        Assert.Contains("it is over", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_is_reported_and_explains_what_begins_after_it()
    {
        var run = await RunAsync("change", "orchestrator 1.2", "--source", "ci", "--link", "https://ci.example/7", "--json");

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Equal(
            ("orchestrator 1.2", "ci", "https://ci.example/7"),
            (run.Json.GetProperty("summary").GetString(), run.Json.GetProperty("source").GetString(), run.Json.GetProperty("link").GetString()));
        Assert.Contains("Reported: worker 2", (await RunAsync("change", "worker 2")).Error, StringComparison.Ordinal);
        await _host.Get<IncidentDesk>().ReceiveAsync([Firing("OrchestratorDown") with { StartsAt = DateTimeOffset.UtcNow.AddSeconds(1) }]);
        var reasons = (await RunAsync("incidents", "--json")).Json.GetProperty("incidents").EnumerateArray()
            .Single(incident => incident.GetProperty("title").GetString()!.Contains("OrchestratorDown", StringComparison.Ordinal)).GetProperty("cause").GetProperty("reasons");
        Assert.Contains(reasons.EnumerateArray(), reason => reason.GetString()!.EndsWith("something was changed: orchestrator 1.2 (ci).", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ExitCode.Usage, "change")]
    [InlineData(ExitCode.Refused, "change", " ")]
    [InlineData(ExitCode.Refused, "change", "x", "--link", "nowhere")]
    [InlineData(ExitCode.NotFound, "incidents", "show", "none")]
    [InlineData(ExitCode.Usage, "incidents", "show", "../alerts")]
    [InlineData(ExitCode.Usage, "incidents", "--state", "odd")]
    [InlineData(ExitCode.Usage, "incidents", "assign", "x")]
    [InlineData(ExitCode.Refused, "incidents", "--limit", "501")]
    public async Task What_cannot_be_is_told_apart(int exitCode, params string[] args)
    {
        var run = await RunAsync(args);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.NotEmpty(run.Error);
    }

    [Fact]
    public async Task The_alerting_service_of_the_running_system_is_found_by_itself()
    {
        using var folder = new TempFolder();
        Write(_host.Url);
        Assert.Equal(ExitCode.Ok, (await CliRun.InvokeAsync(["alerts"], connectionPath: folder["connection.json"])).ExitCode);

        Write(null);
        var old = await CliRun.InvokeAsync(["alerts"], connectionPath: folder["connection.json"]);
        Assert.Equal(ExitCode.NotReachable, old.ExitCode);
        Assert.Contains("--alerting-url", old.Error, StringComparison.Ordinal);
        var byVariable = await CliRun.InvokeAsync(
            ["alerts"], variables: new Dictionary<string, string> { ["ALERTING_URL"] = _host.Url, ["AGENTSYSTEM_API_KEY"] = AlertingHost.ApiKey });
        Assert.Equal(ExitCode.Ok, byVariable.ExitCode);

        void Write(string? alerting) => File.WriteAllBytes(folder["connection.json"], System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
            new ConnectionFile("http://127.0.0.1:1", AlertingHost.ApiKey, "/tmp", 1, alerting), ApiJson.Default.ConnectionFile));
    }

    private Task<CliRun> RunAsync(params string[] args) => CliRun.InvokeAsync(
        [.. args, "--alerting-url", _host.Url, "--api-key", AlertingHost.ApiKey], variables: new Dictionary<string, string> { ["USER"] = "tester" });
}
