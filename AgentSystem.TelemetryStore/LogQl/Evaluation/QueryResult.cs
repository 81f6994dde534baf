namespace AgentSystem.TelemetryStore.LogQl.Evaluation;

/// <summary>What a query asks of the time.</summary>
/// <param name="StartNanos">The first instant.</param>
/// <param name="EndNanos">Log queries: the first instant that does not count any more. Metric queries: the last step, at most.</param>
/// <param name="StepNanos">Between two steps; 0 for an instant query, whose start is its end.</param>
public sealed record QueryTime(long StartNanos, long EndNanos, long StepNanos = 0)
{
    /// <summary>One instant, no range.</summary>
    public bool IsInstant => StartNanos == EndNanos && StepNanos == 0;
}

/// <summary>Which of the lines that a query finds are returned.</summary>
/// <param name="Limit">At most so many.</param>
/// <param name="Backward">The newest first.</param>
/// <param name="IntervalNanos">Lines that are closer to the one before are left out; 0 for all.</param>
public sealed record LineChoice(int Limit, bool Backward, long IntervalNanos = 0);

/// <summary>How much work a query may be.</summary>
/// <param name="MaxSeries">Loki's <c>max_query_series</c>.</param>
/// <param name="MaxEntries">Loki's <c>max_entries_limit_per_query</c>.</param>
/// <param name="Timeout">Loki's <c>query_timeout</c>.</param>
public sealed record QueryLimits(int MaxSeries, int MaxEntries, TimeSpan Timeout);

/// <summary>How much work a query was.</summary>
public sealed class QueryStatistics
{
    /// <summary>Lines that the store returned.</summary>
    public long Lines { get; set; }

    /// <summary>Their UTF-8 bytes.</summary>
    public long Bytes { get; set; }

    /// <summary>Lines that came through the pipeline.</summary>
    public long LinesAfterFilters { get; set; }
}

/// <summary>An answer.</summary>
public abstract record QueryResult;

/// <summary>A line as it left the pipeline.</summary>
/// <param name="TimestampNanos">Its time.</param>
/// <param name="Line">Its text.</param>
/// <param name="Stream">What is left of the stream's labels.</param>
/// <param name="Metadata">What is left of the structured metadata.</param>
/// <param name="Parsed">What the pipeline made.</param>
public sealed record ResultLine(long TimestampNanos, string Line, LabelSet Stream, LabelSet Metadata, LabelSet Parsed)
{
    /// <summary>The entry's number: what is the same in all else may be two lines.</summary>
    public long Number { get; init; }

    /// <summary>All labels: what makes the line one of a stream, unless a client wants the kinds of labels apart.</summary>
    public LabelSet All => Metadata.Labels.Count + Parsed.Labels.Count == 0 ? Stream : new([.. Stream.Labels, .. Metadata.Labels, .. Parsed.Labels]);
}

/// <summary>Lines with the same labels.</summary>
public sealed record LabelledLines(LabelSet Labels, IReadOnlyList<ResultLine> Lines);

/// <summary>Lines, sorted into streams; the streams by their labels' text.</summary>
public sealed record StreamsResult(IReadOnlyList<LabelledLines> Streams) : QueryResult
{
    /// <summary>Sorts lines into streams.</summary>
    /// <param name="lines">In the order of the answer.</param>
    /// <param name="apart">Whether only the stream's own labels count.</param>
    public static StreamsResult Of(IEnumerable<ResultLine> lines, bool apart) => new([.. lines
        .GroupBy(l => apart ? l.Stream : l.All)
        .Select(g => new LabelledLines(g.Key, [.. g]))
        .OrderBy(s => s.Labels.ToString(), StringComparer.Ordinal)]);
}

/// <summary>A number of a series.</summary>
/// <param name="Labels">The series.</param>
/// <param name="TimestampMillis">Its time, in milliseconds.</param>
/// <param name="Value">The number.</param>
public readonly record struct Sample(LabelSet Labels, long TimestampMillis, double Value);

/// <summary>A number.</summary>
public sealed record ScalarResult(long TimestampMillis, double Value) : QueryResult;

/// <summary>One number a series.</summary>
public sealed record VectorResult(IReadOnlyList<Sample> Samples) : QueryResult;

/// <summary>A series and its numbers in the order of time.</summary>
public sealed record ResultSeries(LabelSet Labels, IReadOnlyList<(long TimestampMillis, double Value)> Points);

/// <summary>Series over time.</summary>
public sealed record MatrixResult(IReadOnlyList<ResultSeries> Series) : QueryResult;
