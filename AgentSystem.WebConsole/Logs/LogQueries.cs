using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using AgentSystem.ServiceDefaults.Backends;
using AgentSystem.WebConsole.Backends;

namespace AgentSystem.WebConsole.Logs;

/// <summary>What the page of the logs asks Loki besides lines.</summary>
public static class LogQueries
{
    /// <summary>The names of the labels.</summary>
    public static Task<Answer<IReadOnlyList<string>>> LabelsAsync(this LokiClient loki, CancellationToken cancellationToken) =>
        NamesAsync(loki, "loki/api/v1/labels", cancellationToken);

    /// <summary>The values of a label.</summary>
    public static Task<Answer<IReadOnlyList<string>>> LabelValuesAsync(this LokiClient loki, string label, CancellationToken cancellationToken) =>
        NamesAsync(loki, $"loki/api/v1/label/{Uri.EscapeDataString(label)}/values", cancellationToken);

    /// <summary>How a query for numbers goes over time.</summary>
    public static async Task<Answer<LogVolume>> VolumeAsync(this LokiClient loki, string query, LogBuckets buckets, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(loki);
        ArgumentNullException.ThrowIfNull(buckets);
        var path = string.Create(CultureInfo.InvariantCulture,
            $"loki/api/v1/query_range?query={Uri.EscapeDataString(query)}&start={LokiText.Nanoseconds(buckets.From + buckets.Step)}&end={LokiText.Nanoseconds(buckets.To)}&step={buckets.Step.TotalSeconds}");
        return (await loki.GetAsync(path, LogQueriesJson.Default.LokiMatrixAnswer, cancellationToken)).Map(answer => LogVolume.Of(
            buckets,
            (answer.Data?.Result ?? []).Select(series => new VolumeSeries(
                LogVolume.NameOf(series.Metric ?? new Dictionary<string, string>()),
                [.. (series.Values ?? []).Where(point => point.Count == 2).Select(Point)]))));
    }

    // [1700000000.5, "12"]: seconds, and the number as text.
    private static KeyValuePair<DateTimeOffset, double> Point(IReadOnlyList<JsonElement> point) => new(
        DateTimeOffset.UnixEpoch.AddSeconds(point[0].GetDouble()),
        double.TryParse(point[1].ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : double.NaN);

    private static async Task<Answer<IReadOnlyList<string>>> NamesAsync(LokiClient loki, string path, CancellationToken cancellationToken) =>
        (await loki.GetAsync(path, LogQueriesJson.Default.LokiNames, cancellationToken)).Map<IReadOnlyList<string>>(names => names.Data ?? []);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LokiNames))]
[JsonSerializable(typeof(LokiMatrixAnswer))]
internal sealed partial class LogQueriesJson : JsonSerializerContext;

internal sealed record LokiNames(IReadOnlyList<string>? Data);

internal sealed record LokiMatrixAnswer(LokiMatrix? Data);

internal sealed record LokiMatrix(IReadOnlyList<LokiSeries>? Result);

internal sealed record LokiSeries(IReadOnlyDictionary<string, string>? Metric, IReadOnlyList<IReadOnlyList<JsonElement>>? Values);
