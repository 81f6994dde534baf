using System.Text.Json;
using AgentSystem.TelemetryStore.LogQl.Syntax;
using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.TelemetryStore.Loki;

/// <summary>Which labels, values and streams there are. Only index labels count here, not what lines carry.</summary>
internal static class MetadataEndpoints
{
    internal static void Map(IEndpointRouteBuilder api)
    {
        api.MapMethods("/labels", LokiExtensions.Asking, LabelsAsync);
        api.MapMethods("/label", LokiExtensions.Asking, LabelsAsync);
        api.MapMethods("/label/{name}/values", LokiExtensions.Asking, ValuesAsync);
        api.MapMethods("/series", LokiExtensions.Asking, SeriesAsync);
        api.MapMethods("/detected_labels", LokiExtensions.Asking, DetectedLabelsAsync);
    }

    private static async Task<IResult> LabelsAsync(HttpContext context, ILogStore store)
    {
        var streams = await StreamsAsync(context, store);
        return Names(streams.SelectMany(s => s).Select(l => l.Name));
    }

    private static async Task<IResult> ValuesAsync(HttpContext context, ILogStore store, string name)
    {
        var streams = await StreamsAsync(context, store);
        return Names(streams.SelectMany(s => s).Where(l => l.Name == name).Select(l => l.Value));
    }

    private static async Task<IReadOnlyList<IReadOnlyList<Label>>> StreamsAsync(HttpContext context, ILogStore store)
    {
        var parameters = await RequestParameters.ReadAsync(context);
        var (start, end) = parameters.Bounds();
        var matchers = parameters.Query.Length == 0 ? [] : Parser.ParseSelector(parameters.Query);
        return store.Streams(new(matchers, start, end + 1), context.RequestAborted);
    }

    /// <summary>No names, no data: Loki leaves the field out.</summary>
    private static IResult Names(IEnumerable<string> names)
    {
        var sorted = names.Distinct().Order(StringComparer.Ordinal).ToArray();
        return Answer.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("status", "success");
            if (sorted.Length > 0)
            {
                writer.WriteStartArray("data");
                foreach (var name in sorted)
                    writer.WriteStringValue(name);
                writer.WriteEndArray();
            }
            writer.WriteEndObject();
        });
    }

    private static async Task<IResult> SeriesAsync(HttpContext context, ILogStore store)
    {
        var parameters = await RequestParameters.ReadAsync(context);
        var (start, end) = parameters.Bounds();
        var selectors = parameters.All("match").Concat(parameters.All("match[]")).Distinct().Order(StringComparer.Ordinal).ToArray();
        // A lone {} asks for everything, as no selector does.
        if (selectors.Length == 0 || (selectors.Length == 1 && selectors[0].Replace(" ", "", StringComparison.Ordinal) == "{}"))
            return Series(store.Streams(new([], start, end + 1), context.RequestAborted));
        var streams = new List<IReadOnlyList<Label>>();
        foreach (var selector in selectors)
        {
            var matchers = Parser.ParseSelector(selector, mayMatchAll: true);
            if (matchers.Count == 0)
                throw LokiException.BadRequest($"0 matchers in group: {selector}");
            streams.AddRange(store.Streams(new(matchers, start, end + 1), context.RequestAborted));
        }
        return Series(streams);
    }

    private static IResult Series(IReadOnlyList<IReadOnlyList<Label>> streams)
    {
        var distinct = streams.Select(s => new LogQl.Evaluation.LabelSet(s)).Distinct().Order(LogQl.Evaluation.LabelSet.Order).ToArray();
        return Answer.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("status", "success");
            writer.WriteStartArray("data");
            foreach (var labels in distinct)
                WriteLabels(writer, labels.Labels);
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    private static void WriteLabels(Utf8JsonWriter writer, IReadOnlyList<Label> labels)
    {
        writer.WriteStartObject();
        foreach (var label in labels)
            writer.WriteString(label.Name, label.Value);
        writer.WriteEndObject();
    }

    /// <summary>Labels whose values are all numbers or UUIDs tell a reader nothing, but for those of a flag and four that everybody knows.</summary>
    private static bool IsTelling(IGrouping<string, Label> label) =>
        label.Key is "cluster" or "namespace" or "instance" or "pod"
        || (label.Count() <= 2 && label.All(l => l.Value is "0" or "1"))
        || !label.All(l => LogQl.Syntax.GoText.TryParseFloat(l.Value, out _) || Guid.TryParse(l.Value, out _));

    /// <summary>What Logs Drilldown offers to begin with: index labels and how many values each has.</summary>
    private static async Task<IResult> DetectedLabelsAsync(HttpContext context, ILogStore store)
    {
        var streams = await StreamsAsync(context, store);
        var labels = streams.SelectMany(s => s).Distinct().GroupBy(l => l.Name).Where(IsTelling).OrderBy(g => g.Key, StringComparer.Ordinal).ToArray();
        return Answer.Json(writer =>
        {
            writer.WriteStartObject();
            if (labels.Length > 0)
            {
                writer.WriteStartArray("detectedLabels");
                foreach (var label in labels)
                {
                    writer.WriteStartObject();
                    writer.WriteString("label", label.Key);
                    writer.WriteNumber("cardinality", label.Count());
                    writer.WriteEndObject();
                }
                writer.WriteEndArray();
            }
            writer.WriteEndObject();
        });
    }
}
