using AgentSystem.TelemetryStore.LogQl.Syntax;
using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.TelemetryStore.LogQl.Evaluation;

/// <summary>Answers queries from a log store.</summary>
public sealed class QueryEngine(ILogStore store, QueryLimits limits)
{
    /// <summary>The lines that a log query finds.</summary>
    /// <exception cref="LogQlException">The query cannot be answered.</exception>
    public IReadOnlyList<ResultLine> Lines(LogExpr logs, QueryTime time, LineChoice choice, QueryStatistics statistics, CancellationToken cancellationToken)
    {
        using var bounded = Bound(cancellationToken);
        var reader = new LineReader(logs);
        var lines = new List<ResultLine>();
        long? last = null;
        foreach (var entry in LineReader.Select(store, logs, time.StartNanos, time.EndNanos, choice.Backward, statistics, bounded.Token))
        {
            if (reader.Read(entry) is not { } line)
                continue;
            statistics.LinesAfterFilters++;
            if (last is { } before && Math.Abs(line.TimestampNanos - before) < choice.IntervalNanos)
                continue;
            last = line.TimestampNanos;
            lines.Add(line);
            if (lines.Count == choice.Limit)
                break;
        }
        return lines;
    }

    /// <summary>The numbers that a metric query calculates: a scalar or a vector for an instant, a matrix for a range.</summary>
    /// <exception cref="LogQlException">The query cannot be answered.</exception>
    public QueryResult Numbers(MetricExpr metric, QueryTime time, QueryStatistics statistics, CancellationToken cancellationToken)
    {
        if (metric is Literal literal && time.IsInstant)
            return new ScalarResult(time.StartNanos / 1_000_000, literal.Value);
        using var bounded = Bound(cancellationToken);
        var evaluator = new MetricEvaluator(store, time, limits, statistics, bounded.Token);
        return time.IsInstant ? evaluator.Vector(metric) : evaluator.Matrix(metric);
    }

    private CancellationTokenSource Bound(CancellationToken cancellationToken)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        source.CancelAfter(limits.Timeout);
        return source;
    }
}
