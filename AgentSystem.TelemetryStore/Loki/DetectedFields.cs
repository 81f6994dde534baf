using AgentSystem.TelemetryStore.LogQl.Evaluation;
using AgentSystem.TelemetryStore.LogQl.Syntax;

namespace AgentSystem.TelemetryStore.Loki;

/// <summary>What Logs Drilldown offers to filter by: the structured metadata of lines, and the fields that <c>json</c> or <c>logfmt</c> finds in them.</summary>
internal static class DetectedFields
{
    private const int DefaultLimit = 1000, DefaultLines = 100;

    internal static void Map(IEndpointRouteBuilder api)
    {
        api.MapMethods("/detected_fields", LokiExtensions.Asking, FieldsAsync);
        api.MapMethods("/detected_field/{name}/values", LokiExtensions.Asking, ValuesAsync);
    }

    private static async Task<IResult> FieldsAsync(HttpContext context, QueryEngine engine)
    {
        var parameters = await RequestParameters.ReadAsync(context);
        var limit = parameters.Limit(DefaultLimit);
        var fields = Fields(engine, parameters, context.RequestAborted).OrderBy(f => f.Key, StringComparer.Ordinal).Take(limit).ToArray();
        return Results.Json(new
        {
            fields = fields.Length == 0 ? null : fields.Select(f => new
            {
                label = f.Key,
                type = TypeOf(f.Value.Values),
                cardinality = f.Value.Values.Count,
                parsers = f.Value.Parser is null ? null : new[] { f.Value.Parser },
            }),
            limit,
        });
    }

    private static async Task<IResult> ValuesAsync(HttpContext context, QueryEngine engine, string name)
    {
        var parameters = await RequestParameters.ReadAsync(context);
        var limit = parameters.Limit(DefaultLimit);
        var values = Fields(engine, parameters, context.RequestAborted).TryGetValue(name, out var field) ? field.Values.Take(limit).ToArray() : [];
        return Results.Json(new { values, limit });
    }

    private static Dictionary<string, (string? Parser, SortedSet<string> Values)> Fields(QueryEngine engine, RequestParameters parameters, CancellationToken cancellationToken)
    {
        var (start, end) = parameters.OrderedBounds();
        if (Parser.Parse(parameters.Query) is not LogExpr logs)
            throw LokiException.BadRequest("only log selector is supported");
        var lines = int.TryParse(parameters["line_limit"], out var asked) && asked > 0 ? asked : DefaultLines;
        var fields = new Dictionary<string, (string? Parser, SortedSet<string> Values)>();
        foreach (var parser in (string[])["json", "logfmt"])
        {
            Stage stage = parser == "json" ? new ParserStage("json") : new LogfmtStage(Strict: false, KeepEmpty: false, []);
            var parsing = logs with { Stages = [.. logs.Stages, stage] };
            foreach (var line in engine.Lines(parsing, new(start, end), new(lines, Backward: true), new(), cancellationToken))
            {
                foreach (var label in line.Metadata.Labels)
                    Add(label.Name, label.Value, null);
                // A line of the one format is none of the other.
                if (line.Line.StartsWith('{') == (parser == "json") && line.Parsed["__error__"] is null)
                {
                    foreach (var label in line.Parsed.Labels)
                        Add(label.Name, label.Value, parser);
                }
            }
        }
        return fields;

        void Add(string name, string value, string? parser)
        {
            if (!fields.TryGetValue(name, out var field))
                fields[name] = field = (parser, new(StringComparer.Ordinal));
            field.Values.Add(value);
        }
    }

    private static string TypeOf(SortedSet<string> values)
    {
        var value = values.First();
        return long.TryParse(value, out _) ? "int"
            : GoText.TryParseFloat(value, out _) ? "float"
            : value is "true" or "false" ? "boolean"
            : GoDuration.TryParseGo(value, out _, out _) ? "duration"
            : ByteSize.TryParse(value, out _, out _) ? "bytes"
            : "string";
    }
}
