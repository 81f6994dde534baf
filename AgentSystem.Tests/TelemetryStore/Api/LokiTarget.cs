using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.TelemetryStore.Api;

/// <summary>
/// Loki as its clients see it: the one at <c>LOKI_URL</c> where that is set, our own otherwise. Every run has labels of its own, so that
/// it does not matter what else is stored there.
/// </summary>
public sealed class LokiTarget : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private StoreHost? _own;

    public HttpClient Client { get; private set; } = null!;

    /// <summary>The value of the label <c>run</c> of all lines of this run.</summary>
    public string Run { get; } = "r" + Guid.NewGuid().ToString("N");

    /// <summary>A minute ago, on a whole second, in nanoseconds: the time of the first line.</summary>
    public long Start { get; } = DateTimeOffset.UtcNow.AddMinutes(-1).ToUnixTimeSeconds() * 1_000_000_000;

    public async Task InitializeAsync()
    {
        var url = BackendAddress.Of("LOKI_URL");
        if (url is null)
            _own = await StoreHost.StartAsync(_folder);
        Client = _own is null ? new HttpClient { BaseAddress = url } : StoreHost.NewClient(_own.Url);
        Client.Timeout = TimeSpan.FromSeconds(30);
        await StoreAsync();
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        if (_own is not null)
            await _own.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>A time some seconds after the first line, as parameters have it.</summary>
    public string At(double seconds) => (Start + (long)(seconds * 1_000_000_000)).ToString(CultureInfo.InvariantCulture);

    /// <summary>A query about this run: <c>$</c> stands for its selector's condition.</summary>
    public string Query(string query) => query.Replace("$", $"run=\"{Run}\"", StringComparison.Ordinal);

    public async Task<(HttpStatusCode Status, string Body)> GetAsync(string path, params (string Name, string Value)[] parameters)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address(path, parameters));
        return await SendAsync(request);
    }

    public async Task<JsonElement> JsonAsync(string path, params (string Name, string Value)[] parameters)
    {
        var (status, body) = await GetAsync(path, parameters);
        Assert.True(status == HttpStatusCode.OK, $"{path} answers {status}: {body}");
        return JsonElement.Parse(body);
    }

    public async Task<(HttpStatusCode Status, string Body)> SendAsync(HttpRequestMessage request)
    {
        using var answer = await Client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public static string Address(string path, params (string Name, string Value)[] parameters) =>
        path + "?" + string.Join('&', parameters.Select(p => $"{Uri.EscapeDataString(p.Name)}={Uri.EscapeDataString(p.Value)}"));

    /// <summary>The data of a range query over the ten seconds with lines, oldest first.</summary>
    public async Task<JsonElement> RangeAsync(string query, params (string Name, string Value)[] more) => (await JsonAsync(
        "/loki/api/v1/query_range",
        [("query", Query(query)), ("start", At(0)), ("end", At(10)), .. more.Any(m => m.Name == "direction") ? [] : new[] { ("direction", "forward") }, .. more])).GetProperty("data");

    /// <summary>The data of an instant query at the tenth second.</summary>
    public async Task<JsonElement> InstantAsync(string query) =>
        (await JsonAsync("/loki/api/v1/query", ("query", Query(query)), ("time", At(10)))).GetProperty("data");

    private async Task StoreAsync()
    {
        // Two streams; the fifth line is no JSON.
        string[] web = ["""{"status":200,"took":"120ms","size":"1.5KB","user":{"name":"anna"}}""", """{"status":500,"took":"2s","size":"10B","user":{"name":"ben"}}""", "plain text"];
        string[] worker = ["level=info task=a ms=10", "level=error task=b ms=30"];
        var body = JsonSerializer.Serialize(new
        {
            streams = new object[]
            {
                new { stream = new { run = Run, app = "web" }, values = web.Select((l, i) => new object[] { At(i * 2), l, new { trace_id = $"t{i}" } }) },
                new { stream = new { run = Run, app = "worker" }, values = worker.Select((l, i) => new object[] { At((i * 2) + 1), l }) },
            },
        });
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await Client.PostAsync("/loki/api/v1/push", content);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        await Eventually.True(async () => (await InstantAsync("sum(count_over_time({$}[1m]))")).GetProperty("result") is { } result
            && result.GetArrayLength() == 1 && result[0].GetProperty("value")[1].GetString() == "5");
    }
}
