using AgentSystem.TelemetryStore.LogQl.Syntax;
using AgentSystem.TelemetryStore.LogQl.Templates;
using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.TelemetryStore.LogQl.Evaluation;

/// <summary>The series of one step.</summary>
internal sealed record Step(long TimestampMillis, List<Sample> Samples);

/// <summary>Evaluates a metric query step by step: each part of the query yields its vector for a step before any of them goes on.</summary>
internal sealed class MetricEvaluator(ILogStore store, QueryTime time, QueryLimits limits, QueryStatistics statistics, CancellationToken cancellationToken)
{
    // Aggregations may bring any number of series down to a few, but not all the memory is theirs.
    private const int MaxWindows = 100_000;

    internal IEnumerable<Step> Steps(MetricExpr expr) => expr switch
    {
        RangeAggregation range => Range(range, around: null),
        VectorAggregation vector => Aggregated(vector),
        BinaryExpr { Left: Literal literal } binary => WithLiteral(binary, Steps(binary.Right), literal.Value, literalIsLeft: true),
        BinaryExpr { Right: Literal literal } binary => WithLiteral(binary, Steps(binary.Left), literal.Value, literalIsLeft: false),
        BinaryExpr binary => Steps(binary.Left).Zip(Steps(binary.Right), (left, right) =>
            new Step(left.TimestampMillis, BinaryOperator.Apply(binary, left.Samples, right.Samples))),
        LabelReplace replace => Replaced(replace),
        VectorLiteral vector => Constant(vector.Value),
        Literal literal => Constant(literal.Value),
        _ => throw new LogQlException($"unexpected expression type: {expr.GetType().Name}"),
    };

    private IEnumerable<long> Times(long offsetNanos = 0)
    {
        var step = Math.Max(1, time.StepNanos);
        for (var at = time.StartNanos - offsetNanos; at <= time.EndNanos - offsetNanos; at += step)
            yield return at;
    }

    private IEnumerable<Step> Constant(double value) =>
        Times().Select(at => new Step(at / 1_000_000, [new(LabelSet.Empty, at / 1_000_000, value)]));

    private IEnumerable<Step> Range(RangeAggregation range, Grouping? around)
    {
        var (interval, offset) = (range.Range.IntervalNanos, range.Range.OffsetNanos);
        var reader = new SampleReader(range, around);
        var windows = new Dictionary<LabelSet, RangeWindow>();
        // Windows are open at their beginning and closed at their end; the store's ranges are the other way round.
        using var lines = LineReader
            .Select(store, range.Range.Logs, time.StartNanos - interval - offset + 1, time.EndNanos - offset + 1, backward: false, statistics, cancellationToken)
            .GetEnumerator();
        var more = lines.MoveNext();
        foreach (var at in Times(offset))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var (labels, window) in windows)
            {
                window.DropUpTo(at - interval);
                if (window.IsEmpty)
                    windows.Remove(labels);
            }
            for (; more && lines.Current.TimestampNanos <= at; more = lines.MoveNext())
            {
                if (lines.Current.TimestampNanos > at - interval && reader.Read(lines.Current) is var (labels, value))
                    Add(range, windows, labels, new(lines.Current.TimestampNanos, value));
            }
            yield return StepOf(range, windows.Values, (at / 1_000_000) + (offset / 1_000_000));
        }
    }

    private void Add(RangeAggregation range, Dictionary<LabelSet, RangeWindow> windows, LabelSet labels, RangeWindow.Point point)
    {
        statistics.LinesAfterFilters++;
        if (!windows.TryGetValue(labels, out var window))
            windows[labels] = window = windows.Count < MaxWindows ? new(labels) : throw TooManySeries(MaxWindows);
        var isWhole = range.Range.Unwrap is null;
        if (isWhole)
            window.AddOrMerge(point, IsSame);
        else
            window.Add(point);

        // Lines that enter and leave the window at the same steps need only one entry: that bounds what a window holds.
        bool IsSame(long a, long b) => StepAtOrAfter(a) == StepAtOrAfter(b) && StepAtOrAfter(a + range.Range.IntervalNanos) == StepAtOrAfter(b + range.Range.IntervalNanos);

        long StepAtOrAfter(long nanos) =>
            Math.Max(0, nanos + range.Range.OffsetNanos - time.StartNanos + Math.Max(1, time.StepNanos) - 1) / Math.Max(1, time.StepNanos);
    }

    private static Step StepOf(RangeAggregation range, Dictionary<LabelSet, RangeWindow>.ValueCollection windows, long millis)
    {
        var samples = new List<Sample>(windows.Count);
        foreach (var window in windows)
        {
            PipelineErrors.Check(window.Labels);
            samples.Add(new(window.Labels, millis, RangeFunctions.Apply(range, window.Points)));
        }
        if (range.Operation != "absent_over_time")
            return new(millis, samples);
        return new(millis, samples.Count > 0 ? [] : [new(AbsentLabels(range.Range.Logs.Matchers), millis, 1)]);
    }

    /// <summary>What is absent is named after the labels that the query asks for by name.</summary>
    private static LabelSet AbsentLabels(Sequence<LabelMatcher> matchers)
    {
        var unclear = matchers.GroupBy(m => m.Name).Where(g => g.Count() > 1 || g.Single().Match is not LabelMatch.Equal).Select(g => g.Key).ToHashSet();
        return new(matchers.Where(m => !unclear.Contains(m.Name) && m.Value.Length > 0).Select(m => new Label(m.Name, m.Value)));
    }

    private IEnumerable<Step> Aggregated(VectorAggregation vector)
    {
        var isSumOfLines = vector is { Operation: "sum", Of: RangeAggregation { Grouping: null, Operation: "count_over_time" or "rate" or "bytes_over_time" or "bytes_rate" or "sum_over_time" } };
        var steps = isSumOfLines ? Range((RangeAggregation)vector.Of, vector.Grouping) : Steps(vector.Of);
        return steps.Select(step => new Step(step.TimestampMillis, VectorFunctions.Apply(vector, step.Samples)));
    }

    private static IEnumerable<Step> WithLiteral(BinaryExpr binary, IEnumerable<Step> steps, double literal, bool literalIsLeft) =>
        steps.Select(step => new Step(step.TimestampMillis, BinaryOperator.Apply(binary, step.Samples, literal, literalIsLeft)));

    private IEnumerable<Step> Replaced(LabelReplace replace)
    {
        var regex = TemplateRegex.Compile($"^(?:{replace.Regex})$");
        return Steps(replace.Of).Select(step => new Step(step.TimestampMillis, [.. step.Samples.Select(Replace)]));

        Sample Replace(Sample sample) => regex.Match(sample.Labels[replace.Source] ?? "") is { Success: true } match
            ? sample with { Labels = sample.Labels.With(replace.Destination, TemplateRegex.Expand(match, replace.Replacement)) }
            : sample;
    }

    /// <summary>All steps as one answer.</summary>
    /// <exception cref="LogQlException">There are more series than allowed.</exception>
    internal MatrixResult Matrix(MetricExpr expr)
    {
        var series = new Dictionary<LabelSet, List<(long, double)>>();
        foreach (var step in Steps(expr))
        {
            foreach (var sample in step.Samples)
            {
                if (!series.TryGetValue(sample.Labels, out var points))
                    series[sample.Labels] = points = [];
                points.Add((step.TimestampMillis, sample.Value));
            }
            CheckSeries(series.Count);
        }
        return new([.. series.OrderBy(s => s.Key, LabelSet.Order).Select(s => new ResultSeries(s.Key, s.Value))]);
    }

    /// <summary>The only step of an instant query.</summary>
    internal VectorResult Vector(MetricExpr expr)
    {
        var samples = Steps(expr).First().Samples;
        CheckSeries(samples.Count);
        return new(IsSorted(expr) ? samples : [.. samples.OrderBy(s => s.Labels, LabelSet.Order)]);
    }

    private static bool IsSorted(MetricExpr expr) => expr switch
    {
        VectorAggregation vector => vector.Operation is "sort" or "sort_desc" || IsSorted(vector.Of),
        BinaryExpr binary => IsSorted(binary.Left) || IsSorted(binary.Right),
        LabelReplace replace => IsSorted(replace.Of),
        _ => false,
    };

    private void CheckSeries(int count)
    {
        if (count > limits.MaxSeries)
            throw TooManySeries(limits.MaxSeries);
    }

    private static LogQlException TooManySeries(int limit) => new(
        $"maximum number of series ({limit}) reached for a single query; consider reducing query cardinality by adding more specific "
        + "stream selectors, reducing the time range, or aggregating results with functions like sum(), count() or topk()");
}
