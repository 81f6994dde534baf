namespace AgentSystem.WebConsole.Dashboards.Model;

/// <summary>Reads <c>options</c>, which each type of panel has in its own way.</summary>
internal static class PanelOptionsReader
{
    internal static PanelOptions Read(string type, JsonPart part) => type switch
    {
        "timeseries" => TimeSeries(part),
        "stat" => Stat(part),
        "gauge" => Gauge(part),
        "bargauge" => BarGauge(part),
        "table" => Table(part),
        "heatmap" => Heatmap(part),
        "logs" => Logs(part),
        "text" => Text(part),
        "row" => new RowOptions(),
        _ => Unsupported(part),
    };

    private static UnsupportedOptions Unsupported(JsonPart part)
    {
        part.AllInert();
        return new();
    }

    private static TimeSeriesOptions TimeSeries(JsonPart part)
    {
        part.Inert("annotations", "timezone");
        var tooltip = part.ObjectOrEmpty("tooltip").Inert("maxHeight", "maxWidth", "hideZeros", "hoverProximity");
        return new(
            Legend(part),
            tooltip.Choice("mode", TooltipMode.One, ("single", TooltipMode.One), ("multi", TooltipMode.All), ("none", TooltipMode.None)),
            tooltip.Choice("sort", TooltipSort.None, ("none", TooltipSort.None), ("asc", TooltipSort.Ascending), ("desc", TooltipSort.Descending)));
    }

    private static LegendOptions Legend(JsonPart part)
    {
        var legend = part.ObjectOrEmpty("legend").Inert("width", "asTable", "isVisible", "enableFacetedFilter");
        var mode = legend.Text("displayMode", "list");
        return new(
            legend.Flag("showLegend", mode != "hidden") && mode != "hidden", mode == "table", legend.Text("placement") == "right", legend.Texts("calcs"), legend.Text("sortBy"),
            legend.Flag("sortDesc"));
    }

    private static ReduceOptions Reduce(JsonPart part)
    {
        var reduce = part.ObjectOrEmpty("reduceOptions");
        var calcs = reduce.Texts("calcs");
        var fields = reduce.Text("fields", "");
        if (fields.StartsWith('/'))
            reduce.RequireRegex("fields", fields);
        return new(calcs.Count == 0 ? ["lastNotNull"] : calcs, reduce.Flag("values"), reduce.Number("limit") is { } limit ? (int)limit : null, fields);
    }

    private static PanelOrientation Direction(JsonPart part) =>
        part.Choice("orientation", PanelOrientation.Auto, ("auto", PanelOrientation.Auto), ("horizontal", PanelOrientation.Horizontal), ("vertical", PanelOrientation.Vertical));

    private static StatOptions Stat(JsonPart part)
    {
        part.Inert("wideLayout", "text", "percentChangeColorMode");
        return new(
            Reduce(part),
            part.Choice(
                "colorMode", StatColor.Value, ("value", StatColor.Value), ("background", StatColor.Background), ("background_solid", StatColor.Background), ("none", StatColor.None)),
            part.Choice("graphMode", true, ("area", true), ("line", true), ("none", false)),
            part.Choice(
                "textMode", StatText.Auto, ("auto", StatText.Auto), ("value", StatText.Value), ("value_and_name", StatText.ValueAndName), ("name", StatText.Name), ("none", StatText.None)),
            Direction(part), part.Text("justifyMode") == "center");
    }

    private static GaugeOptions Gauge(JsonPart part)
    {
        // Grafana 13's new gauge takes these; what is drawn says the same.
        part.Inert("minVizHeight", "minVizWidth", "sizing", "text", "shape", "segmentCount", "segmentSpacing", "barWidthFactor", "barShape", "effects", "endpointMarker", "sparkline", "neutral", "textMode", "glow");
        return new(Reduce(part), part.Flag("showThresholdLabels"), part.Flag("showThresholdMarkers", true), Direction(part));
    }

    private static BarGaugeOptions BarGauge(JsonPart part)
    {
        part.Inert("minVizHeight", "minVizWidth", "maxVizHeight", "sizing", "text", "namePlacement", "valueMode", "legend");
        return new(
            Reduce(part), part.Choice("displayMode", BarGaugeMode.Gradient, ("gradient", BarGaugeMode.Gradient), ("lcd", BarGaugeMode.Lcd), ("basic", BarGaugeMode.Basic)),
            part.Flag("showUnfilled", true), Direction(part));
    }

    private static TableOptions Table(JsonPart part)
    {
        part.Inert("cellHeight", "frameIndex", "showTypeIcons", "enablePagination", "maxRowHeight", "disableKeyboardEvents");
        if (part.Object("footer") is { } footer)
        {
            if (footer.Flag("show"))
                part.NotSupported("footer");
            footer.AllInert();
        }
        var sort = part.Objects("sortBy");
        if (sort.Count > 1)
            part.NotSupported("sorting by more than one column");
        return new(part.Flag("showHeader", true), sort is [var first, ..] ? first.Text("displayName") : null, sort is [var order, ..] && order.Flag("desc"));
    }

    private static HeatmapOptions Heatmap(JsonPart part)
    {
        part.Inert("cellGap", "cellRadius", "calculation", "exemplars", "tooltip", "filterValues", "rowsFrame", "cellValues", "showValue", "selectionMode", "annotations");
        if (part.Flag("calculate"))
            part.NotSupported("counting values into buckets");
        var axis = part.ObjectOrEmpty("yAxis").Inert("axisPlacement", "axisWidth", "axisLabel");
        var color = part.ObjectOrEmpty("color").Inert("exponent", "fill", "min", "max", "mode", "scale", "steps");
        return new(
            color.Text("scheme", "Oranges"), color.Flag("reverse"), axis.Text("unit"), axis.Number("decimals") is { } digits ? (int)digits : null,
            part.ObjectOrEmpty("legend").Flag("show", true));
    }

    private static LogsOptions Logs(JsonPart part)
    {
        part.Inert("showLogContextToggle", "enableInfiniteScrolling", "fontSize", "syntaxHighlighting", "showControls", "controlsStorageKey", "detailsMode", "timestampResolution", "unwrappedColumns", "showFieldSelector");
        if (part.Text("dedupStrategy", "none") is not "none" and var dedup)
            part.NotSupported($"dedupStrategy {dedup}");
        return new(
            part.Flag("showTime"), part.Flag("showLabels"), part.Flag("showCommonLabels"), part.Flag("wrapLogMessage"), part.Flag("prettifyLogMessage"),
            part.Text("sortOrder", "Descending") != "Ascending", part.Flag("enableLogDetails", true));
    }

    private static TextOptions Text(JsonPart part)
    {
        part.ObjectOrEmpty("code").Inert("language", "showLineNumbers", "showMiniMap");
        return new(part.Choice("mode", TextMode.Markdown, ("markdown", TextMode.Markdown), ("html", TextMode.Html), ("code", TextMode.Code)), part.Text("content", ""));
    }
}
