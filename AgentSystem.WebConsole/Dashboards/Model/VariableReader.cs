using System.Text.Json.Nodes;

namespace AgentSystem.WebConsole.Dashboards.Model;

/// <summary>Reads <c>templating</c>.</summary>
internal static class VariableReader
{
    internal static List<Variable> Read(JsonPart templating)
    {
        var variables = new List<Variable>();
        foreach (var part in templating.Objects("list"))
        {
            var name = part.Required("name");
            if (variables.Any(v => v.Name == name))
                throw new DashboardException($"{part.Place}: there are two variables '{name}'.");
            var type = part.Required("type");
            if (Kind(type) is { } kind)
            {
                variables.Add(Read(part, name, kind));
            }
            else
            {
                part.AllInert();
                part.NotSupported($"variable {name} of type {type}");
            }
        }
        return variables;
    }

    private static VariableKind? Kind(string type) => type switch
    {
        "query" => VariableKind.Query,
        "custom" => VariableKind.Custom,
        "interval" => VariableKind.Interval,
        "datasource" => VariableKind.DataSource,
        "textbox" => VariableKind.TextBox,
        "constant" => VariableKind.Constant,
        _ => null,
    };

    private static Variable Read(JsonPart part, string name, VariableKind kind)
    {
        part.Inert("id", "skipUrlSync", "options", "refresh", "definition", "error", "state", "index", "rootStateKey", "global", "queryValue", "allowCustomValue", "showOnControlsMenu");
        return new(
            name, kind, part.Text("label") is { Length: > 0 } label ? label : name, part.Text("description", ""), (VariableVisibility)Number(part, "hide", 2), Query(part),
            part.Text("regex", ""), (VariableSort)Number(part, "sort", 8), kind == VariableKind.Query ? (VariableRefresh)Number(part, "refresh", 2) : VariableRefresh.Never,
            part.Flag("multi"), part.Flag("includeAll"), part.Text("allValue") is { Length: > 0 } all ? all : null, Current(part), PanelReader.Source(part),
            part.Flag("auto"), part.Int("auto_count", 30), part.Text("auto_min", "10s"));
    }

    private static int Number(JsonPart part, string name, int most)
    {
        // Grafana writes "refresh" of some kinds as true or false.
        if (part.Raw(name) is JsonValue value && value.TryGetValue<bool>(out var flag))
            return flag ? 1 : 0;
        var number = part.Int(name, 0);
        return number >= 0 && number <= most ? number : throw part.Wrong(name, $"a number from 0 to {most}", part.Json[name]!);
    }

    // Prometheus writes a query as text or as an object with a number for its kind; Loki always as an object.
    private static string Query(JsonPart part)
    {
        if (part.Raw("query") is not JsonObject)
            return part.Text("query", "");
        var query = part.Object("query")!.Inert("refId", "qryType");
        if (query.Text("query") is { Length: > 0 } text)
            return text;
        if (!query.Has("label") && !query.Has("type"))
            return "";
        var (label, stream) = (query.Text("label", ""), query.Text("stream", ""));
        return query.Int("type", 1) == 0 ? "label_names()" : stream.Length == 0 ? $"label_values({label})" : $"label_values({stream}, {label})";
    }

    private static IReadOnlyList<string> Current(JsonPart part)
    {
        if (part.Raw("current") is not JsonObject)
            return [];
        var current = part.Object("current")!.Inert("text", "selected", "tags", "isNone");
        return current.Texts("value");
    }
}
