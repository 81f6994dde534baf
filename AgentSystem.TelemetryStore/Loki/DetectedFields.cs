using AgentSystem.TelemetryStore.LogQl.Evaluation;
using AgentSystem.TelemetryStore.LogQl.Pipeline;
using AgentSystem.TelemetryStore.LogQl.Syntax;
using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.TelemetryStore.Loki;

/// <summary>
/// What Logs Drilldown offers to filter by: the structured metadata of lines, and the fields that <c>json</c>, or else <c>logfmt</c>, finds in
/// them (Loki's pkg/querier/queryrange/detected_fields.go).
/// </summary>
internal static class DetectedFields
{
    private const int DefaultLimit = 1000;

    internal static void Map(IEndpointRouteBuilder api)
    {
        api.MapMethods("/detected_fields", LokiExtensions.Asking, FieldsAsync);
        api.MapMethods("/detected_field/{name}/values", LokiExtensions.Asking, ValuesAsync);
    }

    private static async Task<IResult> FieldsAsync(HttpContext context, QueryEngine engine)
    {
        var parameters = await RequestParameters.ReadAsync(context);
        var limit = Limit(parameters);
        var fields = Fields(engine, parameters, context.RequestAborted).Take(limit).OrderBy(f => f.Key, StringComparer.Ordinal).ToArray();
        return Answer.Json(writer =>
        {
            writer.WriteStartObject();
            if (fields.Length > 0)
            {
                writer.WriteStartArray("fields");
                foreach (var (label, field) in fields)
                {
                    writer.WriteStartObject();
                    writer.WriteString("label", label);
                    writer.WriteString("type", field.Type);
                    writer.WriteNumber("cardinality", field.Values.Count);
                    WriteTexts("parsers", field.Parsers.Count > 0 ? field.Parsers : null);
                    if (field.JsonPath is { } path)
                        WriteTexts("jsonPath", path);
                    writer.WriteEndObject();
                }
                writer.WriteEndArray();
                writer.WriteNumber("limit", limit);
            }
            writer.WriteEndObject();

            void WriteTexts(string name, IReadOnlyCollection<string>? texts)
            {
                if (texts is null)
                {
                    writer.WriteNull(name);
                    return;
                }
                writer.WriteStartArray(name);
                foreach (var text in texts)
                    writer.WriteStringValue(text);
                writer.WriteEndArray();
            }
        });
    }

    private static async Task<IResult> ValuesAsync(HttpContext context, QueryEngine engine, string name)
    {
        var parameters = await RequestParameters.ReadAsync(context);
        var limit = Limit(parameters);
        var values = Fields(engine, parameters, context.RequestAborted).FirstOrDefault(f => f.Key == name).Value is { } field
            ? field.Values.Select(v => field.Parsers.Count > 0 ? ByteSize.Humanize(v) : v).Distinct().Order(StringComparer.Ordinal).Take(limit).ToArray()
            : [];
        return Answer.Json(writer =>
        {
            writer.WriteStartObject();
            if (values.Length > 0)
            {
                writer.WriteNumber("limit", limit);
                writer.WriteStartArray("values");
                foreach (var value in values)
                    writer.WriteStringValue(value);
                writer.WriteEndArray();
            }
            writer.WriteEndObject();
        });
    }

    // Earlier versions of Loki called it field_limit.
    private static int Limit(RequestParameters parameters) => parameters.Limit(parameters.Limit(DefaultLimit, "field_limit"));

    /// <summary>The fields in the order in which they are met.</summary>
    private static List<KeyValuePair<string, Field>> Fields(QueryEngine engine, RequestParameters parameters, CancellationToken cancellationToken)
    {
        var (start, end) = parameters.OrderedBounds();
        if (Parser.Parse(parameters.Query) is not LogExpr logs)
            throw LokiException.BadRequest("only log selector is supported");
        var fields = new List<KeyValuePair<string, Field>>();
        var known = new Dictionary<string, Field>();
        var reader = new FieldReader();
        var lines = engine.Lines(logs, new(start, end), new(parameters.Limit(name: "line_limit"), Backward: true), new(), cancellationToken);
        foreach (var line in StreamsResult.Of(lines, apart: true).Streams.SelectMany(s => s.Lines))
        {
            foreach (var label in line.Metadata.Labels)
                Of(label.Name).Add(label.Value);
            foreach (var (name, value, parser, path) in reader.Read(line))
                Of(name).Add(value, parser, path);
        }
        return fields;

        Field Of(string name)
        {
            if (!known.TryGetValue(name, out var field))
                fields.Add(new(name, known[name] = field = new()));
            return field;
        }
    }

    /// <summary>What is known of a field.</summary>
    private sealed class Field
    {
        internal List<string> Parsers { get; } = [];

        internal HashSet<string> Values { get; } = new(StringComparer.Ordinal);

        internal IReadOnlyList<string>? JsonPath { get; private set; }

        /// <summary>The type of the value that was met last.</summary>
        internal string Type { get; private set; } = "string";

        internal void Add(string value, string? parser = null, IReadOnlyList<string>? path = null)
        {
            Values.Add(value);
            Type = TypeOf(value);
            if (parser is null)
                return;
            if (!Parsers.Contains(parser))
                Parsers.Add(parser);
            if (parser == "json")
                JsonPath = path;
        }

        private static string TypeOf(string value) =>
            long.TryParse(value, out _) ? "int"
            : GoText.TryParseFloat(value, out _) ? "float"
            : value is "t" or "T" or "true" or "TRUE" or "True" or "f" or "F" or "false" or "FALSE" or "False" ? "boolean"
            : GoDuration.TryParseGo(value, out _, out _) ? "duration"
            : ByteSize.TryParse(value, out _, out _) ? "bytes"
            : "string";
    }

    /// <summary>Finds the fields of one line after another.</summary>
    private sealed class FieldReader
    {
        private readonly EntryLabels _labels = new(ParserHints.None);
        private readonly Dictionary<string, IReadOnlyList<string>> _paths = [];
        private readonly LogfmtParser _logfmt = new(new(Strict: false, KeepEmpty: false, []));
        private readonly JsonParser _json;

        internal FieldReader() => _json = new((label, path) => _paths[label] = path);

        internal IEnumerable<(string Name, string Value, string Parser, IReadOnlyList<string>? Path)> Read(ResultLine line)
        {
            // What the query has parsed already counts as a field, and is no reason for another name.
            var own = line.Stream.Except([.. line.Parsed.Labels.Select(l => l.Name)]).Labels;
            _paths.Clear();
            var parser = "json";
            Parse(_json, line, own);
            if (_labels.Error is not null)
            {
                parser = "logfmt";
                Parse(_logfmt, line, own);
            }
            return line.Parsed.Labels.Concat(_labels.ParsedLabels).Where(l => !l.Name.StartsWith("__", StringComparison.Ordinal)).DistinctBy(l => (l.Name, l.Value))
                .Select(l => (l.Name, l.Value, parser, _paths.GetValueOrDefault(l.Name)));
        }

        private void Parse(IStage stage, ResultLine line, IReadOnlyList<Label> own)
        {
            var text = line.Line;
            _labels.Reset(new(line.TimestampNanos, text, own, []));
            stage.Process(line.TimestampNanos, ref text, _labels);
        }
    }
}
