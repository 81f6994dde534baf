using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.TelemetryStore.Api;

/// <summary>
/// What the suite judges: Jaeger at <c>JAEGER_URL</c>, to which telemetry goes by <c>OTLP_ENDPOINT</c>, where these are set; where none of
/// them is, our store, in this process; one alone is an error. Shared by the suite, so each test makes trace ids and service names of its own.
/// </summary>
public sealed class TelemetryBackend : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private StoreHost? _store;

    public HttpClient Jaeger { get; private set; } = null!;

    public HttpClient Otlp { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (BackendAddress.Both("JAEGER_URL", "OTLP_ENDPOINT") is var (jaeger, otlp))
        {
            Jaeger = new HttpClient { BaseAddress = jaeger };
            Otlp = new HttpClient { BaseAddress = otlp };
            return;
        }
        _store = await StoreHost.StartAsync(_folder);
        Jaeger = StoreHost.NewClient(_store.Url);
        Otlp = StoreHost.NewClient(_store.OtlpUrl);
    }

    public async Task DisposeAsync()
    {
        if (_store is not null)
            await _store.DisposeAsync();
    }

    public void Dispose()
    {
        Jaeger?.Dispose();
        Otlp?.Dispose();
        _folder.Dispose();
    }

    public async Task SendAsync(params JsonObject[] resourceSpans)
    {
        using var response = await PostAsync("/v1/traces", new JsonObject { ["resourceSpans"] = new JsonArray([.. resourceSpans]) });
        response.EnsureSuccessStatusCode();
    }

    public Task<HttpResponseMessage> PostAsync(string path, JsonNode body) =>
        Otlp.PostAsync(path, new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/json")));

    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await Jaeger.GetAsync(path);
        response.EnsureSuccessStatusCode();
        return JsonElement.Parse(await response.Content.ReadAsStringAsync());
    }

    /// <summary>The trace as soon as it can be queried: real backends take their time.</summary>
    public async Task<JsonElement> TraceAsync(string id) => (await Eventually.Get(
        async () =>
        {
            using var response = await Jaeger.GetAsync("/api/traces/" + id);
            return response.IsSuccessStatusCode ? JsonElement.Parse(await response.Content.ReadAsStringAsync()) : default(JsonElement?);
        },
        trace => trace is not null))!.Value.GetProperty("data")[0];

    /// <summary>The error of a request that has to fail.</summary>
    public async Task<(int Status, JsonElement Body)> FailAsync(string path)
    {
        using var response = await Jaeger.GetAsync(path);
        return ((int)response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync()));
    }
}
