using System.Net;
using System.Text;
using AgentSystem.Alerting.Incidents;
using AgentSystem.Protocol.Api;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using static AgentSystem.Tests.Alerting.Incidents.SomeAlerts;

namespace AgentSystem.Tests.Alerting.Incidents;

/// <summary>What is asked of Alertmanager, and what follows from an alert that it does not know.</summary>
public sealed class IncidentWatchTests : IDisposable
{
    private readonly SomeDesk _desk = new();
    private readonly Answering _alertmanager = new();
    private readonly IncidentWatch _watch;

    public IncidentWatchTests() => _watch = new(
        _desk.Store, _desk.Desk, _alertmanager,
        new ConfigurationBuilder().AddInMemoryCollection([new("ALERTMANAGER_URL", "http://alertmanager.test/")]).Build(),
        Options.Create(new AlertingOptions()), _desk.Time, NullLogger<IncidentWatch>.Instance);

    public void Dispose()
    {
        _watch.Dispose();
        _alertmanager.Dispose();
        _desk.Dispose();
    }

    [Fact]
    public async Task An_alert_that_is_not_known_for_five_minutes_has_ended()
    {
        await _desk.ReceiveAsync(Firing("WorkerDown", "marie"));

        Assert.Equal(IncidentState.Open, await AfterAsync(0, "[]"));
        Assert.Equal(IncidentState.Open, await AfterAsync(299, "[]"));
        Assert.Equal(IncidentState.Resolved, await AfterAsync(1, "[]"));
    }

    [Fact]
    public async Task An_alert_that_is_known_again_in_time_goes_on()
    {
        await _desk.ReceiveAsync(Firing("WorkerDown", "marie"));

        await AfterAsync(0, "[]");
        await AfterAsync(200, Known("WorkerDown", "marie"));
        Assert.Equal(IncidentState.Open, await AfterAsync(200, "[]"));
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

    private async Task<IncidentState> AfterAsync(double seconds, string? answer)
    {
        _alertmanager.Body = answer;
        _desk.Time.Advance(TimeSpan.FromSeconds(seconds));
        await _watch.LookAsync(CancellationToken.None);
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
