using System.Globalization;
using System.Text.Json;

namespace AgentSystem.WebConsole.Backends;

/// <summary>
/// Reads values as Prometheus writes them, and Loki after it: https://prometheus.io/docs/prometheus/latest/querying/api/#expression-query-result-formats.
/// </summary>
internal static class MetricValues
{
    /// <summary>Reads <c>[{"metric":{"job":"node"},"value":[1435781451.781,"1"]}]</c>.</summary>
    public static IReadOnlyList<Sample> Vector(JsonElement result) =>
        [.. result.EnumerateArray().Select(s => new Sample(Labels(s), Point(s.GetProperty("value"))))];

    /// <summary>Reads <c>[{"metric":{"job":"node"},"values":[[1435781451.781,"1"]]}]</c>.</summary>
    public static IReadOnlyList<Series> Matrix(JsonElement result) =>
        [.. result.EnumerateArray().Select(s => new Series(Labels(s), [.. s.GetProperty("values").EnumerateArray().Select(Point)]))];

    /// <summary>Reads <c>[{"seriesLabels":{"job":"node"},"exemplars":[{"labels":{"trace_id":"…"},"value":"0.13","timestamp":1600096945.479}]}]</c>.</summary>
    public static IReadOnlyList<Exemplar> Exemplars(JsonElement result) =>
    [
        .. result.EnumerateArray().SelectMany(series =>
        {
            var of = Texts(series.GetProperty("seriesLabels"));
            return series.GetProperty("exemplars").EnumerateArray().Select(one =>
                new Exemplar(new(Moment(one.GetProperty("timestamp")), Number(one.GetProperty("value").GetString() ?? "")), of, Texts(one.GetProperty("labels"))));
        }),
    ];

    /// <summary>Reads <c>[1435781451.781,"1"]</c>.</summary>
    public static Point Point(JsonElement pair) =>
        new(Moment(pair[0]), Number(pair[1].GetString() ?? ""));

    private static DateTimeOffset Moment(JsonElement seconds) => DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(seconds.GetDouble() * 1000));

    private static Dictionary<string, string> Labels(JsonElement series) => Texts(series.GetProperty("metric"));

    private static Dictionary<string, string> Texts(JsonElement labels) =>
        labels.EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString() ?? "");

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };
}
