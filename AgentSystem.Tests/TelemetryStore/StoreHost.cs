using AgentSystem.ServiceDefaults;
using AgentSystem.TelemetryStore;
using AgentSystem.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Prometheus;

namespace AgentSystem.Tests.TelemetryStore;

/// <summary>The telemetry store on real sockets, in a folder of a test's own.</summary>
internal sealed class StoreHost : IAsyncDisposable
{
    public const string ApiKey = "store-test-key";

    private readonly WebApplication _app;

    private StoreHost(WebApplication app) => _app = app;

    /// <summary>Where Jaeger's and Loki's APIs are.</summary>
    public string Url => _app.Urls.ElementAt(0);

    public string GrpcUrl => _app.Urls.ElementAt(1);

    public string OtlpUrl => _app.Urls.ElementAt(2);

    public IServiceProvider Services => _app.Services;

    public static async Task<StoreHost> StartAsync(TempFolder folder, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["API_KEY"] = ApiKey,
            ["urls"] = "http://127.0.0.1:0",
            ["TelemetryStore:OtlpGrpcUrl"] = "http://127.0.0.1:0",
            ["TelemetryStore:OtlpHttpUrl"] = "http://127.0.0.1:0",
            ["TelemetryStore:Folder"] = folder["telemetry"],
            ["TelemetryStore:SharedDir"] = folder["shared"],
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)));
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(Metrics.NewCustomRegistry());
        builder.AddServiceDefaults();
        builder.AddTelemetryStore();
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapTelemetryStore();
        await app.StartAsync();
        return new(app);
    }

    public static HttpClient NewClient(string url)
    {
        var client = new HttpClient { BaseAddress = new Uri(url) };
        client.DefaultRequestHeaders.Add("X-Api-Key", ApiKey);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
