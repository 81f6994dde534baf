using System.Globalization;
using System.Net;
using System.Text;
using AgentSystem.Alerting;
using AgentSystem.Alerting.Incidents;
using AgentSystem.Protocol.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using static AgentSystem.Tests.Alerting.Incidents.SomeAlerts;

namespace AgentSystem.Tests.Alerting.Incidents;

/// <summary>What is asked of Alertmanager, and what follows from an alert that it does not know.</summary>
public sealed class IncidentWatchTests : IDisposable
{
    private readonly SomeDesk _desk = new();
    private readonly Answering _alertmanager = new();
    private IncidentWatch _watch;

    public IncidentWatchTests() => _watch = NewWatch();

    private IncidentWatch NewWatch(string? url = "http://alertmanager.test/") => new(
        _desk.Store, _desk.Desk, _desk.Watchdog, _alertmanager,
        new ConfigurationBuilder().AddInMemoryCollection([new("ALERTMANAGER_URL", url)]).Build(),
        Options.Create(new AlertingOptions()), _desk.Time, NullLogger<IncidentWatch>.Instance);

    public void Dispose()
    {
        _watch.Dispose();
        _alertmanager.Dispose();
        _desk.Dispose();
    }

    [Fact]
    public async Task An_alert_that_is_not_known_for_a_quarter_of_an_hour_has_ended()
    {
        await _desk.ReceiveAsync(Firing("WorkerDown", "marie"));

        Assert.Equal(IncidentState.Open, await AfterAsync(0, "[]"));
        Assert.Equal(IncidentState.Open, await AfterAsync(899, "[]"));
        Assert.Equal(IncidentState.Resolved, await AfterAsync(1, "[]"));
    }

    [Fact]
    public async Task An_alert_that_is_known_again_in_time_goes_on()
    {
        await _desk.ReceiveAsync(Firing("WorkerDown", "marie"));

        await AfterAsync(0, "[]");
        await AfterAsync(600, Known("WorkerDown", "marie"));
        Assert.Equal(IncidentState.Open, await AfterAsync(600, "[]"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("no JSON")]
    public async Task An_Alertmanager_that_does_not_answer_ends_nothing(string? answer)
    {
        await _desk.ReceiveAsync(Firing("WorkerDown", "marie"));

        await AfterAsync(0, "[]");
        await AfterAsync(600, answer);
        Assert.Equal(IncidentState.Open, await AfterAsync(10, "[]"));
    }

    [Fact]
    public async Task It_is_asked_what_it_suppresses()
    {
        await _desk.ReceiveAsync(Firing("WorkerDown", "marie"));

        await AfterAsync(0, $"[{Known("WorkerDown", "marie")[1..^1]},{Known("TaskBacklogGrowing", "marie", inhibitedBy: Fingerprint("WorkerDown", "marie"))[1..^1]}]");

        Assert.Equal("/api/v2/alerts", _alertmanager.Path);
        Assert.Equal(AlertPhase.Suppressed, (await _desk.OnlyAsync()).Alerts[1].Phase);
    }

    [Fact]
    public async Task Prometheus_that_is_heard_no_more_is_an_incident_of_its_own_that_pages_until_it_is_heard_again()
    {
        await LookAsync(0, Heard(0));
        await LookAsync(65, Heard(65));
        // Alertmanager still has it, as it was.
        await LookAsync(299, Heard(65));
        Assert.Empty(await _desk.AllAsync());
        await LookAsync(1, "[]");
        await LookAsync(15, "[]");

        var incident = await _desk.OnlyAsync();
        var alert = Assert.Single(incident.Alerts);
        Assert.Equal((IncidentState.Open, AlertSeverity.Critical, "monitoring", "MonitoringSilent"), (incident.State, incident.Severity, alert.Component, alert.Name));
        Assert.Contains("Prometheus does not run, or does not reach Alertmanager", alert.Annotations["description"], StringComparison.Ordinal);

        await LookAsync(600, Heard(990));
        Assert.Equal(IncidentState.Resolved, (await _desk.OnlyAsync()).State);
        await LookAsync(300, "[]");
        Assert.Equal(IncidentState.Open, (await _desk.OnlyAsync()).State);
    }

    [Fact]
    public async Task An_Alertmanager_that_does_not_answer_is_said_to_be_what_is_silent()
    {
        await LookAsync(0, Heard(0));
        await LookAsync(300, null);

        Assert.Contains("Alertmanager does not answer", (await _desk.OnlyAsync()).Alerts[0].Annotations["description"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_never_heard_is_not_missed()
    {
        await LookAsync(0, "[]");
        await LookAsync(3600, "[]");

        Assert.Empty(await _desk.AllAsync());
    }

    [Fact]
    public async Task Where_no_Alertmanager_is_asked_any_more_none_is_missed()
    {
        await LookAsync(0, Heard(0));
        _desk.Restart();
        _watch.Dispose();
        _watch = NewWatch(url: null);

        await LookAsync(3600, null);

        Assert.Empty(await _desk.AllAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_restart_forgets_neither_that_Prometheus_was_heard_nor_that_it_was_missed(bool missed)
    {
        await LookAsync(0, Heard(0));
        if (missed)
            await LookAsync(300, "[]");
        _desk.Restart();
        _watch.Dispose();
        _watch = NewWatch();

        await LookAsync(0, "[]");
        Assert.Equal(missed ? 1 : 0, (await _desk.AllAsync()).Count);
        await LookAsync(300, "[]");
        Assert.Equal(IncidentState.Open, (await _desk.OnlyAsync()).State);
        await LookAsync(15, Heard(600));
        Assert.Equal(IncidentState.Resolved, (await _desk.OnlyAsync()).State);
    }

    [Fact]
    public async Task What_ends_while_Prometheus_is_silent_is_not_over_until_it_is_heard_and_does_not_say_it_again()
    {
        await LookAsync(0, Heard(0));
        await _desk.ReceiveAsync(Firing("WorkerDown", "marie"), Firing("WorkerDown", "anga"));
        await LookAsync(130, "[]");

        // Alertmanager lets go of both after four minutes.
        await _desk.ReceiveAsync(Ended("WorkerDown", "marie", end: 240), Ended("WorkerDown", "anga", end: 240));
        await LookAsync(900, "[]");
        var workers = (await _desk.AllAsync())[0];
        Assert.Equal([AlertPhase.Firing, AlertPhase.Firing], workers.Alerts.Select(alert => alert.Phase));
        Assert.Equal(["opened", "alert_joined", "end_doubted", "end_doubted"], (await _desk.EventsAsync(workers.Id)).Where(e => e != "cause"));

        string Back(int at) => $"[{Heard(at)[1..^1]},{Known("WorkerDown", "marie")[1..^1]}]";
        await LookAsync(0, Back(1050));
        for (var at = 1110; at <= 1950; at += 60)
            await LookAsync(60, Back(at));

        Assert.Equal([AlertPhase.Firing, AlertPhase.Resolved], (await _desk.AllAsync())[0].Alerts.Select(alert => alert.Phase));
    }

    [Fact]
    public async Task An_end_that_Alertmanager_made_of_the_silence_is_none_either_when_it_is_told_after_it()
    {
        await LookAsync(0, Heard(0));
        await _desk.ReceiveAsync(Firing("WorkerDown", "marie"), Firing("WorkerDown", "anga"));
        await LookAsync(245, Heard(244));

        // Of the first one Prometheus has said itself that it is over, before it went.
        await _desk.ReceiveAsync(Ended("WorkerDown", "marie", end: 60), Ended("WorkerDown", "anga", end: 240));
        Assert.Equal([AlertPhase.Resolved, AlertPhase.Firing], (await _desk.OnlyAsync()).Alerts.Select(alert => alert.Phase));

        for (var at = 304; at <= 1144; at += 60)
            await LookAsync(60, Heard(at));
        Assert.Equal(IncidentState.Resolved, await AfterAsync(60, Heard(1204)));
    }

    [Fact]
    public async Task What_ends_while_Prometheus_is_heard_is_over()
    {
        await LookAsync(0, Heard(0));
        await _desk.ReceiveAsync(Firing("WorkerDown", "marie"));
        await LookAsync(129, Heard(0));

        await _desk.ReceiveAsync(Ended("WorkerDown", "marie"));

        Assert.Equal(IncidentState.Resolved, (await _desk.OnlyAsync()).State);
    }

    [Theory]
    [InlineData("00:05:00", "00:01:25", true)]
    [InlineData("00:05:00", "00:01:26", false)]
    [InlineData("00:02:40", "00:00:15", true)]
    public void It_is_listened_often_enough_for_what_comes_every_minute(string silence, string interval, bool often) =>
        Assert.Equal(often, new AlertingOptions
        {
            WatchdogSilence = Time(silence),
            LookInterval = Time(interval),
        }.CanHearInTime);

    [Theory]
    [InlineData("00:03:00", "00:00:15", "00:01:05", "00:01:30")]
    [InlineData("00:05:00", "00:00:15", "00:01:05", "00:02:10")]
    [InlineData("1.00:00:00", "00:00:15", "00:01:05", "00:02:10")]
    [InlineData("1.00:00:00", "00:10:00", "00:01:05", "00:11:05")]
    [InlineData("00:00:16", "00:00:00.2", "00:00:04", "00:00:08")]
    public void No_end_is_believed_after_a_silence_that_Alertmanager_has_not_let_go_after(string silence, string interval, string repeat, string doubt) =>
        Assert.Equal(Time(doubt), new AlertingOptions { WatchdogSilence = Time(silence), LookInterval = Time(interval), WatchdogRepeat = Time(repeat) }.WatchdogDoubt);

    [Theory]
    [InlineData("00:02:39", "00:00:15")]
    [InlineData("00:03:00", "00:00:26")]
    [InlineData("00:00:00.5", "00:00:00.1")]
    public void A_silence_that_would_be_noticed_wrongly_is_refused(string silence, string interval)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["ALERTING_DB"] = _desk.Path;
        builder.Configuration["Alerting:WatchdogSilence"] = silence;
        builder.Configuration["Alerting:LookInterval"] = interval;
        builder.AddAlerting();
        using var app = builder.Build();

        var refused = Assert.Throws<OptionsValidationException>(() => app.Services.GetRequiredService<IOptions<AlertingOptions>>().Value);

        Assert.Contains("Alerting:WatchdogSilence must", refused.Message, StringComparison.Ordinal);
    }

    private static TimeSpan Time(string time) => TimeSpan.Parse(time, CultureInfo.InvariantCulture);

    private static string Heard(double at) => $$$"""
        [{"fingerprint":"w","labels":{"alertname":"Watchdog","severity":"none"},"annotations":{},"startsAt":"{{{Start:o}}}","updatedAt":"{{{At(at):o}}}",
        "status":{"state":"active","inhibitedBy":[],"silencedBy":[],"mutedBy":[]}}]
        """;

    private async Task LookAsync(double seconds, string? answer)
    {
        _alertmanager.Body = answer;
        _desk.Time.Advance(TimeSpan.FromSeconds(seconds));
        await _watch.LookAsync(CancellationToken.None);
    }

    private async Task<IncidentState> AfterAsync(double seconds, string? answer)
    {
        await LookAsync(seconds, answer);
        return (await _desk.OnlyAsync()).State;
    }

    private static string Known(string name, string worker, string? inhibitedBy = null) => $$$"""
        [{"fingerprint":"{{{Fingerprint(name, worker)}}}","labels":{"alertname":"{{{name}}}","worker":"{{{worker}}}"},"annotations":{},"startsAt":"{{{Start:o}}}",
        "status":{"state":"active","inhibitedBy":[{{{(inhibitedBy is null ? "" : $"\"{inhibitedBy}\"")}}}],"silencedBy":[],"mutedBy":[]}}]
        """;

    private sealed class Answering : HttpMessageHandler, IHttpClientFactory
    {
        public string? Body { get; set; }

        public string? Path { get; private set; }

        public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Path = request.RequestUri!.AbsolutePath;
            return Body is null
                ? throw new HttpRequestException("nobody listens")
                : Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(Body, Encoding.UTF8, "application/json") });
        }
    }
}
