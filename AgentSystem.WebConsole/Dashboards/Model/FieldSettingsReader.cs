using System.Text.Json.Nodes;

namespace AgentSystem.WebConsole.Dashboards.Model;

/// <summary>Reads <c>fieldConfig</c>, and applies overrides to it.</summary>
public static class FieldSettingsReader
{
    /// <summary>The settings of a field that <paramref name="overrides"/> match, in the order in which they change the defaults.</summary>
    public static FieldSettings Apply(FieldSettings defaults, IEnumerable<FieldOverride> overrides) =>
        overrides.Aggregate(defaults, (settings, change) => Read(new JsonPart(change.Changes, "override"), settings));

    internal static FieldSettings Read(JsonPart part, string panelType) =>
        Read(part, FieldSettings.Default with
        {
            Color = new(panelType is "timeseries" or "heatmap" ? ColorMode.Palette : ColorMode.Thresholds, null),
        });

    /// <summary>Overrides that cannot be honoured block the panel: without them another value would be shown.</summary>
    internal static List<FieldOverride> Overrides(JsonPart field, string panelType, List<string> blocked)
    {
        var overrides = new List<FieldOverride>();
        foreach (var part in field.Objects("overrides"))
        {
            var matcher = part.ObjectOrEmpty("matcher").Inert("scope");
            var kind = matcher.Text("id") switch
            {
                "byName" => MatcherKind.ByName,
                "byRegexp" => MatcherKind.ByRegexp,
                "byFrameRefID" => MatcherKind.ByFrameRefId,
                "byType" => MatcherKind.ByType,
                _ => (MatcherKind?)null,
            };
            var changes = new JsonObject();
            foreach (var property in part.Objects("properties"))
                Set(changes, property.Required("id").Split('.'), property.Raw("value")?.DeepClone());
            part.Inert("__systemRef");
            if (kind is null)
            {
                matcher.AllInert();
                blocked.Add($"overrides of fields by {matcher.Text("id", "nothing")}");
                continue;
            }
            var argument = matcher.Text("options", "");
            if (kind == MatcherKind.ByRegexp)
                matcher.RequireRegex("options", argument);
            overrides.Add(new(kind.Value, argument, changes));
            // For what it does not honour, and for its errors, now rather than when the data comes.
            var check = new JsonPart(changes, part.Place);
            Read(check, FieldSettings.Default);
            foreach (var unread in check.Unread())
                part.NotSupported($"override {unread}");
        }
        return overrides;
    }

    private static void Set(JsonObject target, ReadOnlySpan<string> path, JsonNode? value)
    {
        for (; path.Length > 1; path = path[1..])
        {
            if (target[path[0]] is not JsonObject next)
                target[path[0]] = next = [];
            target = next;
        }
        target[path[0]] = value;
    }

    private static FieldSettings Read(JsonPart part, FieldSettings before)
    {
        part.Inert("filterable", "description", "path", "writeable", "actions", "fieldMinMax", "displayNameFromDS", "type", "entityType", "interval");
        var custom = part.ObjectOrEmpty("custom");
        return new(
            part.Text("unit") ?? before.Unit, part.Number("decimals") is { } digits ? (int)Math.Clamp(digits, 0, 15) : before.Decimals, part.Number("min") ?? before.Min,
            part.Number("max") ?? before.Max, part.Text("displayName") ?? before.DisplayName, part.Text("noValue") ?? before.NoValue, Color(part, before.Color),
            Limits(part, before.Thresholds), part.Has("mappings") ? Mappings(part) : before.Mappings, part.Has("links") ? PanelReader.Links(part.Objects("links")) : before.Links,
            Graph(custom, before.Graph), Cell(custom, before.Cell));
    }

    private static ColorSettings Color(JsonPart part, ColorSettings before)
    {
        if (!part.Has("color"))
            return before;
        var color = part.Object("color")!.Inert("seriesBy");
        var mode = color.Choice(
            "mode", before.Mode, ("thresholds", ColorMode.Thresholds), ("palette-classic", ColorMode.Palette), ("palette-classic-by-name", ColorMode.PaletteByName),
            ("fixed", ColorMode.Fixed));
        return new(mode, color.Text("fixedColor"));
    }

    private static Thresholds Limits(JsonPart part, Thresholds before)
    {
        if (part.Object("thresholds") is not { } limits)
            return before;
        var steps = limits.Objects("steps").Select((step, i) =>
        {
            step.Inert("index", "state");
            return new ThresholdStep(step.Number("value") ?? double.NegativeInfinity, step.Text("color", "green"));
        }).OrderBy(step => step.From).ToList();
        return new(limits.Choice("mode", false, ("absolute", false), ("percentage", true)), steps.Count == 0 ? Thresholds.None.Steps : steps);
    }

    private static List<ValueMapping> Mappings(JsonPart part)
    {
        var mappings = new List<ValueMapping>();
        foreach (var item in part.Objects("mappings"))
        {
            item.Inert("id");
            var options = item.ObjectOrEmpty("options");
            switch (item.Required("type"))
            {
                case "value":
                    foreach (var (value, result) in options.Json)
                        mappings.Add(Mapping(options.Object(value) ?? throw new DashboardException($"{options.Place}.{value} has to be an object, not {result?.ToJsonString() ?? "null"}."), MappingKind.Value, value));
                    break;
                case "range":
                    mappings.Add(Mapping(options.ObjectOrEmpty("result"), MappingKind.Range) with
                    {
                        From = options.Number("from") ?? double.NegativeInfinity,
                        To = options.Number("to") ?? double.PositiveInfinity,
                    });
                    break;
                case "regex":
                    var pattern = options.Text("pattern", "");
                    options.RequireRegex("pattern", pattern);
                    mappings.Add(Mapping(options.ObjectOrEmpty("result"), MappingKind.Regex) with { Pattern = pattern });
                    break;
                case "special":
                    var kind = options.Text("match") switch
                    {
                        "null" => MappingKind.Null,
                        "nan" => MappingKind.NaN,
                        "null+nan" => MappingKind.NullOrNaN,
                        "true" => MappingKind.True,
                        "false" => MappingKind.False,
                        "empty" => MappingKind.Empty,
                        var other => throw new DashboardException($"{options.Place}.match: '{other}' is not one of null, nan, null+nan, true, false, empty."),
                    };
                    mappings.Add(Mapping(options.ObjectOrEmpty("result"), kind));
                    break;
                case var other:
                    throw new DashboardException($"{item.Place}.type: '{other}' is not one of value, range, regex, special.");
            }
        }
        return mappings;
    }

    private static ValueMapping Mapping(JsonPart result, MappingKind kind, string? value = null)
    {
        result.Inert("index");
        return new(kind, value, 0, 0, null, result.Text("text"), result.Text("color"));
    }

    private static GraphStyle Graph(JsonPart part, GraphStyle before)
    {
        part.Inert(
            "gradientMode", "barAlignment", "barWidthFactor", "showValues", "axisBorderShow", "axisColorMode", "axisGridShow", "insertNulls", "pointSymbol", "axisWidth",
            "fillBelowTo", "viz", "fillGradient");
        var stacking = part.ObjectOrEmpty("stacking");
        var scale = part.ObjectOrEmpty("scaleDistribution");
        var limits = part.ObjectOrEmpty("thresholdsStyle");
        var line = part.ObjectOrEmpty("lineStyle").Inert("dash");
        var hide = part.Object("hideFrom");
        if (part.Flag("axisCenteredZero"))
            part.NotSupported("axisCenteredZero");
        return new(
            part.Choice("drawStyle", before.Draw, ("line", DrawStyle.Line), ("bars", DrawStyle.Bars), ("points", DrawStyle.Points)),
            part.Choice("lineInterpolation", before.Shape, ("linear", LineShape.Linear), ("smooth", LineShape.Smooth), ("stepBefore", LineShape.StepBefore), ("stepAfter", LineShape.StepAfter)),
            part.Number("lineWidth") ?? before.LineWidth, part.Number("fillOpacity") ?? before.FillOpacity,
            part.Choice("showPoints", before.Points, ("always", true), ("auto", false), ("never", false)), part.Number("pointSize") ?? before.PointSize,
            stacking.Choice("mode", before.Stacking, ("none", Stacking.None), ("normal", Stacking.Normal), ("percent", Stacking.Percent)), stacking.Text("group", before.StackGroup),
            part.Raw("spanNulls") switch { System.Text.Json.Nodes.JsonValue v when v.TryGetValue<bool>(out var yes) => yes, null => before.ConnectGaps, _ => true },
            part.Text("axisLabel") ?? before.AxisLabel,
            part.Choice("axisPlacement", before.Axis, ("auto", AxisSide.Left), ("left", AxisSide.Left), ("right", AxisSide.Right), ("hidden", AxisSide.None)),
            part.Number("axisSoftMin") ?? before.SoftMin, part.Number("axisSoftMax") ?? before.SoftMax,
            scale.Choice("type", before.LogBase is not null, ("linear", false), ("log", true)) ? scale.Number("log") ?? before.LogBase ?? 10 : null,
            limits.Choice("mode", before.ThresholdStyle, ("off", ThresholdStyle.Off), ("line", ThresholdStyle.Line), ("dashed", ThresholdStyle.Line), ("area", ThresholdStyle.Area),
                ("line+area", ThresholdStyle.Area), ("dashed+area", ThresholdStyle.Area)),
            line.Choice("fill", before.Dashed, ("solid", false), ("dash", true), ("dot", true)),
            hide?.Flag("viz") ?? before.Hidden, hide?.Flag("legend") ?? before.HiddenInLegend, hide?.Flag("tooltip") ?? before.HiddenInTooltip);
    }

    private static CellStyle Cell(JsonPart part, CellStyle before)
    {
        part.Inert("inspect", "filterable", "minWidth", "wrapText", "wrapHeaderText", "footer", "tooltip");
        var kind = before.Kind;
        if (part.Object("cellOptions") is { } cell)
        {
            cell.Inert("mode", "valueDisplayMode", "applyToRow", "wrapText");
            kind = cell.Choice(
                "type", kind, ("auto", CellKind.Text), ("color-text", CellKind.ColoredText), ("color-background", CellKind.ColoredBackground), ("gauge", CellKind.Gauge));
        }
        if (part.Object("hideFrom") is { } from)
            from.AllInert();
        return new(
            kind,
            part.Choice("align", before.Alignment, ("auto", CellAlignment.Auto), ("left", CellAlignment.Left), ("center", CellAlignment.Center), ("right", CellAlignment.Right)),
            part.Number("width") ?? before.Width, part.Flag("hidden", before.Hidden));
    }
}
