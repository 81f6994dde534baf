using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Dashboards.Data;

namespace AgentSystem.WebConsole.Dashboards.Queries;

/// <summary>Asks Loki what panels want to know: https://grafana.com/docs/loki/latest/reference/loki-http-api/.</summary>
public sealed class LokiQueries(LokiClient loki, SharedQueries shared)
{
    private const int MostLines = 1000;

    /// <summary>Asks one query; whether it is one of lines or of numbers shows in the answer.</summary>
    public async Task<Answer<QueryResult>> AskAsync(PlannedQuery query, CancellationToken cancellation)
    {
        var lines = Math.Clamp(query.Target.MaxLines ?? 100, 1, MostLines);
        // The end of a range is not in it, to Loki: one step more, so that what was logged just now is.
        var path = query.Instant
            ? $"loki/api/v1/query?query={Uri.EscapeDataString(query.Expression)}&time={Nanos(query.To)}&limit={lines}"
            : string.Create(CultureInfo.InvariantCulture,
                $"loki/api/v1/query_range?query={Uri.EscapeDataString(query.Expression)}&start={Nanos(query.From)}&end={Nanos(query.To + query.Step)}&step={query.Step.TotalSeconds}&limit={lines}&direction=backward");
        var answer = await shared.AskAsync(path, stop => loki.GetAsync(path, DashboardLokiJson.Default.LokiAnswer, stop), cancellation);
        if (!answer.IsData)
            return answer.Problem;
        var result = answer.Value.Data.Result;
        return answer.Value.Data.ResultType switch
        {
            "streams" => new QueryResult([], null, Lines(result, lines), []),
            "matrix" => QueryResult.Of(query, [.. result.EnumerateArray().Select(s => Series(s, s.GetProperty("values"), query))], []),
            "vector" => QueryResult.Of(query, [.. result.EnumerateArray().Select(s => (Labels(s.GetProperty("metric")), new[] { Milliseconds(s.GetProperty("value")) }, new[] { Number(s.GetProperty("value")) }))], []),
            var other => new Problem(Backend.Loki, ProblemKind.Refused, $"The query is a {other}, which no panel shows.", query.To),
        };
    }

    private static IReadOnlyList<LogRow> Lines(JsonElement streams, int limit) =>
    [
        .. streams.EnumerateArray().SelectMany(stream =>
        {
            var labels = Labels(stream.GetProperty("stream"));
            return stream.GetProperty("values").EnumerateArray().Select(value => new LogRow(
                long.Parse(value[0].GetString()!, CultureInfo.InvariantCulture), value[1].GetString() ?? "", value.GetArrayLength() > 2 ? WithMetadata(labels, value[2]) : labels));
        }).OrderByDescending(row => row.At).Take(limit),
    ];

    private static IReadOnlyDictionary<string, string> WithMetadata(IReadOnlyDictionary<string, string> labels, JsonElement metadata)
    {
        if (metadata.ValueKind != JsonValueKind.Object)
            return labels;
        var all = new Dictionary<string, string>(labels);
        foreach (var name in (string[])["structuredMetadata", "parsed"])
            if (metadata.TryGetProperty(name, out var pairs) && pairs.ValueKind == JsonValueKind.Object)
                foreach (var pair in pairs.EnumerateObject())
                    all[pair.Name] = pair.Value.ToString();
        return all;
    }

    private static (IReadOnlyDictionary<string, string> Labels, long[] Times, double[] Values) Series(JsonElement series, JsonElement points, PlannedQuery query)
    {
        var (start, step) = (query.From.ToUnixTimeMilliseconds(), (long)query.Step.TotalMilliseconds);
        var times = Enumerable.Range(0, (int)((query.To.ToUnixTimeMilliseconds() - start) / step) + 2).Select(i => start + (i * step)).ToArray();
        var values = new double[times.Length];
        Array.Fill(values, double.NaN);
        foreach (var point in points.EnumerateArray())
        {
            var at = (Milliseconds(point) - start + (step / 2)) / step;
            if (at >= 0 && at < values.Length)
                values[at] = Number(point);
        }
        return (Labels(series.GetProperty("metric")), times, values);
    }

    private static Dictionary<string, string> Labels(JsonElement labels) => labels.EnumerateObject().ToDictionary(l => l.Name, l => l.Value.GetString() ?? "");

    private static long Milliseconds(JsonElement point) => (long)Math.Round(point[0].GetDouble() * 1000);

    private static double Number(JsonElement point) => point[1].GetString() switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        var text => double.Parse(text!, CultureInfo.InvariantCulture),
    };

    private static string Nanos(DateTimeOffset at) => ((at - DateTimeOffset.UnixEpoch).Ticks * 100).ToString(CultureInfo.InvariantCulture);
}

/// <summary>What we read of Loki's answers.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LokiAnswer))]
[JsonSerializable(typeof(LokiTexts))]
internal sealed partial class DashboardLokiJson : JsonSerializerContext;

internal sealed record LokiAnswer(LokiData Data);

internal sealed record LokiData(string ResultType, JsonElement Result);

/// <summary>Names of labels, or values of one.</summary>
internal sealed record LokiTexts(IReadOnlyList<string>? Data);
