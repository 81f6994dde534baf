using System.Net.Http.Headers;
using AgentSystem.TelemetryStore.Logs;
using AgentSystem.TelemetryStore.Loki;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Prometheus;

namespace AgentSystem.Tests.TelemetryStore.Loki;

/// <summary>Loki's API on a loopback socket, over lines in memory.</summary>
internal sealed class LokiHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LokiHost()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration["urls"] = "http://127.0.0.1:0";
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ILogStore>(Store);
        builder.Services.AddSingleton<IMetricFactory>(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()));
        builder.Services.AddAuthorization();
        builder.AddLokiApi();
        _app = builder.Build();
        _app.MapLokiApi();
    }

    public InMemoryLogStore Store { get; } = new();

    public Uri Url => new(_app.Urls.Single());

    public static async Task<LokiHost> StartAsync()
    {
        var host = new LokiHost();
        await host._app.StartAsync();
        return host;
    }

    public HttpClient NewClient() => new() { BaseAddress = Url };

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    internal static ByteArrayContent Content(byte[] body, string type, string? encoding = null)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);
        return content;
    }
}
