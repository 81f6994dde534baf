using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentSystem.WebConsole.Dashboards.Model;

/// <summary>Reads Grafana's classic dashboard JSON, the form that provisioning and "Export" with "Classic" write.</summary>
public static class DashboardReader
{
    /// <summary>Grafana changes a file of an older version before it shows it; we don't.</summary>
    private const int OldestSchema = 36;

    /// <summary>The newest that we know.</summary>
    private const int NewestSchema = 42;

    private static readonly JsonDocumentOptions Lenient = new() { MaxDepth = 64 };

    /// <summary>Reads a dashboard.</summary>
    /// <param name="json">The file's text.</param>
    /// <param name="file">Its name, for errors.</param>
    /// <exception cref="DashboardException">It is not a dashboard that can be shown; the message says where and why.</exception>
    public static Dashboard Read(string json, string file)
    {
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(json, documentOptions: Lenient);
        }
        catch (JsonException e)
        {
            throw new DashboardException($"{file}: not JSON: {e.Message}", e);
        }
        if (root is not JsonObject whole)
            throw new DashboardException($"{file}: a dashboard has to be a JSON object.");
        try
        {
            return Read(new JsonPart(whole, file));
        }
        catch (ArgumentException e) // a name twice in one object, which shows when it is first looked into
        {
            throw new DashboardException($"{file}: {e.Message}", e);
        }
    }

    private static Dashboard Read(JsonPart part)
    {
        RejectOtherForms(part);
        var schema = part.Int("schemaVersion", 0);
        if (schema < OldestSchema)
            throw new DashboardException(
                $"{part.Place}: schemaVersion is {(part.Has("schemaVersion") ? schema : "missing")}; {OldestSchema} to {NewestSchema} can be read. Open it in a newer Grafana and save it there.");

        var time = part.ObjectOrEmpty("time");
        var picker = part.ObjectOrEmpty("timepicker").Inert("hidden", "nowDelay", "time_options", "quick_ranges");
        part.Inert("id", "version", "editable", "fiscalYearStartMonth", "weekStart", "style", "gnetId", "iteration", "preload", "liveNow", "__inputs", "__requires", "__elements");
        if (schema > NewestSchema)
            part.NotSupported($"schemaVersion {schema}");
        // The console tells every time in UTC.
        _ = part.Choice("timezone", 0, ("utc", 0));
        // The panels report what they don't support themselves, each in its place.
        var panels = part.Raw("panels") is null ? [] : ReadPanels(part);
        return new(
            part.Required("uid"), part.Required("title"), part.Text("description", ""), part.Texts("tags"), schema, time.Text("from", "now-6h"), time.Text("to", "now"),
            part.Raw("refresh") is JsonValue value && value.TryGetValue<string>(out var refresh) ? refresh : "", picker.Texts("refresh_intervals"),
            part.Int("graphTooltip", 0) switch { 1 => CrosshairMode.Crosshair, 2 => CrosshairMode.Tooltip, _ => CrosshairMode.Off },
            VariableReader.Read(part.ObjectOrEmpty("templating")), Annotations(part.ObjectOrEmpty("annotations")), PanelReader.Links(part.Objects("links")),
            panels, [.. part.Unread()]);
    }

    private static List<Panel> ReadPanels(JsonPart part)
    {
        var array = part.Raw("panels") as JsonArray ?? throw part.Wrong("panels", "a list", part.Raw("panels")!);
        var panels = array.Select((item, i) => item is JsonObject panel
            ? PanelReader.Read(panel, $"{part.Place}.panels[{i}]")
            : throw new DashboardException($"{part.Place}.panels[{i}] has to be an object.")).ToList();
        var ids = panels.Concat(panels.SelectMany(p => p.Panels)).GroupBy(p => p.Id).FirstOrDefault(g => g.Count() > 1);
        return ids is null ? panels : throw new DashboardException(
            $"{part.Place}: the panels '{string.Join("' and '", ids.Select(p => p.Title))}' have the same id {ids.Key}; each needs its own.");
    }

    private static void RejectOtherForms(JsonPart part)
    {
        if (part.Has("apiVersion") || part.Has("spec"))
            throw new DashboardException($"{part.Place}: this is Grafana's Kubernetes form of a dashboard; export it as classic JSON.");
        if (part.Has("dashboard") && !part.Has("panels"))
            throw new DashboardException($"{part.Place}: this is an answer of Grafana's API; the dashboard is what is under 'dashboard'.");
        if (part.Has("rows"))
            throw new DashboardException($"{part.Place}: 'rows' is how Grafana before 5 wrote panels; open it in a newer Grafana and save it there.");
    }

    private static List<AnnotationSource> Annotations(JsonPart part)
    {
        var sources = new List<AnnotationSource>();
        foreach (var item in part.Objects("list"))
        {
            // Grafana's own: what people wrote on a dashboard, kept in Grafana's database.
            if (item.Int("builtIn", 0) == 1)
            {
                item.AllInert();
                continue;
            }
            var source = PanelReader.Source(item) ?? new(null, null);
            item.Inert("refId", "type", "limit", "matchAny", "tags", "target");
            sources.Add(new(
                item.Required("name"), item.Flag("enable", true), item.Flag("hide"), item.Text("iconColor", "blue"), source, item.Text("expr", ""), item.Text("step"),
                item.Text("titleFormat", ""), item.Text("textFormat", ""),
                [.. item.Text("tagKeys", "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)], item.Flag("useValueForTime")));
        }
        return sources;
    }
}
