namespace AgentSystem.WebConsole.Dashboards.Data;

/// <summary>One event on top of a series: a single request, with the trace that it left.</summary>
/// <param name="At">Milliseconds since 1970.</param>
public sealed record ExemplarPoint(string RefId, long At, double Value, string? TraceId, IReadOnlyDictionary<string, string> Labels);

/// <summary>A marked moment, or a stretch of time.</summary>
/// <param name="From">Milliseconds since 1970.</param>
public sealed record Annotation(string Source, string Color, long From, long To, string Title, string Text, IReadOnlyList<string> Tags);

/// <summary>A log line.</summary>
/// <param name="At">Nanoseconds since 1970.</param>
/// <param name="Labels">The labels of its stream, and what came with the line.</param>
public sealed record LogRow(long At, string Line, IReadOnlyDictionary<string, string> Labels)
{
    public DateTimeOffset Moment => DateTimeOffset.UnixEpoch.AddTicks(At / 100);

    /// <summary>The level, by the names that Loki and Grafana look for.</summary>
    public string Level =>
        Labels.GetValueOrDefault("detected_level") ?? Labels.GetValueOrDefault("level") ?? Labels.GetValueOrDefault("severity_text")?.ToLowerInvariant() ?? "";
}

/// <summary>All that the queries of one panel answered.</summary>
/// <param name="From">Where the time range begins, in milliseconds since 1970.</param>
/// <param name="To">Where it ends.</param>
/// <param name="Step">From moment to moment, in milliseconds; the longest of the queries.</param>
/// <param name="Problems">What went wrong with which query; the others' answers are there.</param>
public sealed record PanelData(
    long From, long To, long Step, IReadOnlyList<DataSeries> Series, IReadOnlyList<DataTable> Tables, IReadOnlyList<LogRow> Logs,
    IReadOnlyList<ExemplarPoint> Exemplars, IReadOnlyList<string> Problems)
{
    public static PanelData Empty { get; } = new(0, 0, 0, [], [], [], [], []);

    public bool IsEmpty => Series.Count == 0 && Tables.All(t => t.Rows == 0) && Logs.Count == 0;
}
