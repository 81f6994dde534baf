using System.Text.Json.Nodes;

namespace AgentSystem.WebConsole.Dashboards.Model;

/// <summary>Reads a panel, and what panels share with other parts of a dashboard.</summary>
internal static class PanelReader
{
    private const int Columns = 24;

    /// <summary>Data sources that queries can be sent to.</summary>
    private static readonly string[] SourceTypes = ["prometheus", "loki"];

    internal static Panel Read(JsonObject json, string place)
    {
        var part = new JsonPart(json, place);
        var title = part.Text("title", "");
        part = new(json, title.Length == 0 ? place : $"{place} '{title}'");
        part.Inert("title", "pluginVersion", "cacheTimeout", "queryCachingTTL", "hideTimeOverride", "renderer", "alert", "thresholds", "scopedVars");
        var type = part.Required("type");
        var blocked = new List<string>();
        if (part.Has("libraryPanel"))
            blocked.Add("library panels, which are kept in Grafana's database");

        var field = part.ObjectOrEmpty("fieldConfig");
        var settings = FieldSettingsReader.Read(field.ObjectOrEmpty("defaults"), type);
        var overrides = FieldSettingsReader.Overrides(field, type, blocked);
        var options = PanelOptionsReader.Read(type, part.ObjectOrEmpty("options"));
        if (options is UnsupportedOptions)
        {
            // What the panel says beyond its type is of no interest then.
            field.AllInert();
            part.AllInert();
            blocked.Insert(0, $"panels of type {type}");
        }

        var source = Source(part);
        var targets = options is UnsupportedOptions ? [] : part.Objects("targets").Select((t, i) => Target(t, i, blocked)).ToList();
        foreach (var named in targets.Select(t => t.Source).Append(source).OfType<DataSourceRef>().Where(s => s.Type is { } named && !SourceTypes.Contains(named)).DistinctBy(s => s.Type))
            if (options is not (UnsupportedOptions or TextOptions or RowOptions) && named.Uid is not "-- Mixed --" and not "-- Grafana --")
                blocked.Add($"data sources of type {named.Type}");

        return new(
            part.Int("id", 0), type, title, part.Text("description", ""), Grid(part), source, targets, settings, overrides, options,
            Transformations(part, blocked), Links(part.Objects("links")), NonEmpty(part.Text("interval")), part.Number("maxDataPoints") is { } points ? (int)points : null,
            NonEmpty(part.Text("timeFrom")), NonEmpty(part.Text("timeShift")), NonEmpty(part.Text("repeat")), part.Text("repeatDirection") == "v", part.Int("maxPerRow", 4),
            part.Flag("collapsed"), part.Flag("transparent"), Inner(part), blocked, options is UnsupportedOptions ? [] : [.. part.Unread().Distinct()]);
    }

    /// <summary>The data source that a part names, as an object or, in older files, by name alone.</summary>
    internal static DataSourceRef? Source(JsonPart part)
    {
        if (part.Raw("datasource") is not JsonObject)
            return part.Text("datasource") is { } name ? new(null, name) : null;
        var source = part.Object("datasource")!.Inert("apiVersion");
        return new(NonEmpty(source.Text("type")), NonEmpty(source.Text("uid")));
    }

    internal static List<DashboardLink> Links(IReadOnlyList<JsonPart> parts)
    {
        var links = new List<DashboardLink>();
        foreach (var part in parts)
        {
            part.Inert("asDropdown", "icon", "tags", "placement", "oneClick", "internal");
            if (part.Text("type", "link") != "link")
                part.NotSupported($"links to dashboards by tag ('{part.Text("title", "")}')");
            else
                links.Add(new(
                    part.Text("title", ""), part.Text("url", ""), part.Flag("targetBlank"), part.Flag("keepTime"), part.Flag("includeVars"), part.Text("tooltip")));
        }
        return links;
    }

    private static GridPosition Grid(JsonPart part)
    {
        if (!part.Has("gridPos"))
            return new(0, 0, 12, 8);
        var grid = part.Object("gridPos")!.Inert("static");
        var position = new GridPosition(grid.Int("x", 0), grid.Int("y", 0), grid.Int("w", 12), grid.Int("h", 8));
        if (position.X < 0 || position.Y < 0 || position.Height < 1 || position.Width < 1 || position.X + position.Width > Columns)
            throw new DashboardException($"{grid.Place}: x {position.X}, y {position.Y}, w {position.Width}, h {position.Height} does not lie in the grid, which is {Columns} columns wide.");
        return position;
    }

    private static Target Target(JsonPart part, int index, List<string> blocked)
    {
        part.Inert("editorMode", "datasource.apiVersion", "range", "resolution", "metric", "hideLegend", "key", "requestId", "useBackend", "fullMetaSearch", "includeNullMetadata", "disableTextWrap", "direction");
        var format = part.Choice("format", TargetFormat.TimeSeries, ("time_series", TargetFormat.TimeSeries), ("table", TargetFormat.Table), ("heatmap", TargetFormat.Heatmap));
        var refId = part.Text("refId") is { Length: > 0 } letter ? letter : ((char)('A' + (index % 26))).ToString();
        if (part.Flag("range") && part.Flag("instant"))
            blocked.Add($"query {refId} for a range and an instant at once");
        var kind = part.Text("queryType", "");
        if (kind is not ("" or "range" or "instant"))
            blocked.Add($"query {refId} of type {kind}");
        return new(
            refId, Source(part), part.Text("expr", ""), part.Text("legendFormat", ""), part.Flag("instant") || kind == "instant", format, part.Flag("exemplar"), part.Flag("hide"),
            NonEmpty(part.Text("interval")) ?? NonEmpty(part.Text("step")), Math.Max(1, part.Int("intervalFactor", 1)), part.Number("maxLines") is { } lines ? (int)lines : null);
    }

    private static List<Transformation> Transformations(JsonPart part, List<string> blocked)
    {
        var transformations = new List<Transformation>();
        foreach (var item in part.Objects("transformations"))
        {
            var id = item.Required("id");
            if (item.Flag("disabled"))
            {
                item.AllInert();
                continue;
            }
            if (!Transformation.Known.Contains(id))
                blocked.Add($"transformation {id}");
            var options = item.ObjectOrEmpty("options").Inert("includeByName", "orderByMode");
            if (item.Has("filter") || item.Has("topic"))
                blocked.Add($"transformation {id} of some of the data");
            transformations.Add(new(
                id, new HashSet<string>(Entries(options, "excludeByName").Where(e => e.Value is JsonValue v && v.TryGetValue<bool>(out var yes) && yes).Select(e => e.Key), StringComparer.Ordinal),
                Entries(options, "indexByName").Where(e => e.Value is JsonValue v && v.TryGetValue<int>(out _)).ToDictionary(e => e.Key, e => e.Value!.GetValue<int>()),
                Entries(options, "renameByName").Where(e => e.Value is JsonValue v && v.TryGetValue<string>(out var name) && name.Length > 0).ToDictionary(e => e.Key, e => e.Value!.GetValue<string>())));
        }
        return transformations;
    }

    private static JsonObject Entries(JsonPart options, string name)
    {
        var entries = options.ObjectOrEmpty(name);
        entries.AllInert();
        return entries.Json;
    }

    private static List<Panel> Inner(JsonPart part) => part.Raw("panels") switch
    {
        null => [],
        JsonArray array => [.. array.Select((item, i) => item is JsonObject panel
            ? Read(panel, $"{part.Place}.panels[{i}]")
            : throw new DashboardException($"{part.Place}.panels[{i}] has to be an object."))],
        var other => throw part.Wrong("panels", "a list", other),
    };

    private static string? NonEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
