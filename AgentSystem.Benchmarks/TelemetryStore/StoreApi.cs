using System.Globalization;
using System.Text.Json;

namespace AgentSystem.Benchmarks.TelemetryStore;

/// <summary>What is asked of the store, in Jaeger's and Loki's words.</summary>
internal static class StoreApi
{
    internal const int Limit = 100;

    internal static Uri Lines(string query, long from, long to) => Uri(
        $"/loki/api/v1/query_range?query={System.Uri.EscapeDataString(query)}&start={from}&end={to}&limit={Limit}");

    internal static Uri Number(string query, long at) => Uri($"/loki/api/v1/query?query={System.Uri.EscapeDataString(query)}&time={at}");

    internal static Uri Trace(UInt128 id) => Uri($"/api/traces/{id.ToString("x32", CultureInfo.InvariantCulture)}");

    /// <summary>All lines between two times, both in nanoseconds since 1970-01-01T00:00:00Z.</summary>
    internal static async Task<long> CountLinesAsync(HttpClient http, long from, long to)
    {
        var seconds = (to - from) / 1_000_000_000 + 1;
        var body = await http.GetStringAsync(Number($"sum(count_over_time({{service_name=~\".+\"}}[{seconds}s]))", to));
        return (long)NumberOf(body);
    }

    /// <summary>All spans of complete traces: each span but the first has a parent, and Jaeger counts those.</summary>
    internal static async Task<long> CountChildrenAsync(HttpClient http, DateTimeOffset to, TimeSpan range)
    {
        var body = await http.GetStringAsync(Uri($"/api/dependencies?endTs={to.ToUnixTimeMilliseconds()}&lookback={(long)range.TotalMilliseconds}"));
        using var json = JsonDocument.Parse(body);
        return json.RootElement.GetProperty("data").EnumerateArray().Sum(d => d.GetProperty("callCount").GetInt64());
    }

    /// <summary>How many lines a log query's answer has.</summary>
    internal static int LinesIn(string body)
    {
        using var json = JsonDocument.Parse(body);
        return json.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Sum(s => s.GetProperty("values").GetArrayLength());
    }

    /// <summary>How many spans a trace's answer has.</summary>
    internal static int SpansIn(string body)
    {
        using var json = JsonDocument.Parse(body);
        return json.RootElement.GetProperty("data").EnumerateArray().Sum(t => t.GetProperty("spans").GetArrayLength());
    }

    /// <summary>The only number of an instant query's answer, 0 when there is none.</summary>
    internal static double NumberOf(string body)
    {
        using var json = JsonDocument.Parse(body);
        var samples = json.RootElement.GetProperty("data").GetProperty("result");
        return samples.GetArrayLength() == 0 ? 0 : double.Parse(samples[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
    }

    private static Uri Uri(string path) => new(path, UriKind.Relative);
}
