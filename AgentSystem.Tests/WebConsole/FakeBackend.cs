using System.Collections.Concurrent;
using System.Net;
using AgentSystem.WebConsole.Backends;
using Microsoft.Extensions.Time.Testing;

namespace AgentSystem.Tests.WebConsole;

/// <summary>A backend that answers what a test says, for clients that are real but for the network.</summary>
internal sealed class FakeBackend : HttpMessageHandler, IHttpClientFactory
{
    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 23, 19, 28, 39, TimeSpan.Zero));

    public BackendHealth Health { get; }

    public FakeBackend() => Health = new(Time);

    public Uri? Address { get; set; } = new("http://backend.test/");

    /// <summary>What is answered; may throw what a network throws.</summary>
    public Func<HttpRequestMessage, HttpResponseMessage> Answer { get; set; } = _ => new(HttpStatusCode.NotFound);

    public int LongestAnswer { get; set; } = int.MaxValue;

    public ConcurrentQueue<string> Requests { get; } = new();

    public OrchestratorClient Orchestrator => new(this, Health, Time);

    public PrometheusClient Prometheus => new(this, Health, Time);

    public static HttpResponseMessage Json(string json, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status) { Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json") };

    public HttpClient CreateClient(string name) => new(this, disposeHandler: false) { BaseAddress = Address, MaxResponseContentBufferSize = LongestAnswer };

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests.Enqueue($"{request.Method} {request.RequestUri!.PathAndQuery}");
        return Task.FromResult(Answer(request));
    }
}
