using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using AgentSystem.ServiceDefaults.Backends;
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
            ? $"loki/api/v1/query?query={Uri.EscapeDataString(query.Expression)}&time={LokiText.Nanoseconds(query.To)}&limit={lines}"
            : string.Create(CultureInfo.InvariantCulture,
                $"loki/api/v1/query_range?query={Uri.EscapeDataString(query.Expression)}&start={LokiText.Nanoseconds(query.From)}&end={LokiText.Nanoseconds(query.To + query.Step)}&step={query.Step.TotalSeconds}&limit={lines}&direction=backward");
        var answer = await shared.AskAsync(Backend.Loki, path, stop => loki.GetAsync(path, DashboardLokiJson.Default.LokiQueryAnswer, stop), cancellation);
        if (!answer.IsData)
            return answer.Problem;
        var result = answer.Value.Data.Result;
        return answer.Value.Data.ResultType switch
        {
            "streams" => new QueryResult([], null, Lines(result, lines), []),
            "matrix" => QueryResult.Of(query, [.. MetricValues.Matrix(result).Select(series => Grid.Place(series, query, beyond: 1))], []),
            "vector" => QueryResult.Of(query, [.. MetricValues.Vector(result).Select(one => (one.Labels, new[] { one.Point.At.ToUnixTimeMilliseconds() }, new[] { one.Point.Value }))], []),
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

    private static Dictionary<string, string> Labels(JsonElement labels) => labels.EnumerateObject().ToDictionary(l => l.Name, l => l.Value.GetString() ?? "");
}

/// <summary>What we read of Loki's answers.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LokiQueryAnswer))]
[JsonSerializable(typeof(LokiTexts))]
internal sealed partial class DashboardLokiJson : JsonSerializerContext;

internal sealed record LokiQueryAnswer(LokiQueryData Data);

/// <summary>Of lines or of numbers.</summary>
internal sealed record LokiQueryData(string ResultType, JsonElement Result);

/// <summary>Names of labels, or values of one.</summary>
internal sealed record LokiTexts(IReadOnlyList<string>? Data);
