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

    /// <summary>Reads <c>[1435781451.781,"1"]</c>.</summary>
    public static Point Point(JsonElement pair) =>
        new(DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(pair[0].GetDouble() * 1000)), Number(pair[1].GetString() ?? ""));

    private static Dictionary<string, string> Labels(JsonElement series) =>
        series.GetProperty("metric").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString() ?? "");

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };
}
