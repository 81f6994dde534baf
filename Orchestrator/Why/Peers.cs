using AgentSystem.Orchestrator.Journal;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Orchestrator.Why;

/// <summary>Completed tasks of the same type and worker: what is usual.</summary>
internal sealed class Peers(IReadOnlyList<TaskRecord> records)
{
    /// <summary>How many are looked at.</summary>
    internal const int Wanted = 200;

    // With fewer, a median says nothing and a 95th percentile is the maximum.
    private const int Enough = 20;

    // Standing out takes all three: past nearly everybody, by a good part, and by something that people notice.
    private const double Notable = 1.5;
    private static readonly TimeSpan Noticeable = TimeSpan.FromMilliseconds(100);

    private readonly double[] _wall = Sorted(records, r => r.FinishedAt - r.CreatedAt);

    // A later attempt has overwritten when the first one began.
    private readonly double[] _wait = Sorted(records.Where(r => r.Attempt == 1), r => r.StartedAt - r.CreatedAt);
    private readonly double[] _work = Sorted(records.Where(r => r.Attempt == 1), r => r.FinishedAt - r.StartedAt);

    /// <summary>How many times the usual <paramref name="wall"/> is; null when there are too few peers to tell.</summary>
    internal double? Ratio(TimeSpan wall) => _wall.Length >= Enough && Median(_wall) is > 0 and var median ? wall.TotalSeconds / median : null;

    /// <summary>The measures in which the task stands out.</summary>
    internal IReadOnlyList<UnusualMeasure> Compare(TaskRecord task, TimeSpan wall, DateTimeOffset? firstClaim)
    {
        var wait = (firstClaim - task.CreatedAt) ?? wall;
        return
        [
            .. Compare("wall", "From acceptance to end it took", wall, _wall),
            .. Compare("wait", "Until it was first claimed it waited", wait, _wait),
            .. Compare("work", "From claim to end it took", wall - wait, _work),
        ];
    }

    private static IEnumerable<UnusualMeasure> Compare(string measure, string text, TimeSpan own, double[] usual)
    {
        if (usual.Length < Enough)
            yield break;
        var (median, p95) = (Median(usual), usual[(int)Math.Ceiling(usual.Length * 0.95) - 1]);
        if (own.TotalSeconds <= p95 || own.TotalSeconds < Notable * median || own.TotalSeconds - median < Noticeable.TotalSeconds)
            yield break;
        var times = median > 0.001 ? $"{Words.Times(own.TotalSeconds / median)} the median of {Of(median)}" : $"the median is {Of(median)}";
        yield return new(measure, own.TotalSeconds, median, p95, usual.Length,
            $"{text} {Words.Of(own)}: {times} ({usual.Length} peers; 95 % of them had at most {Of(p95)})");
    }

    private static string Of(double seconds) => Words.Of(TimeSpan.FromSeconds(seconds));

    private static double Median(double[] sorted) =>
        sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;

    private static double[] Sorted(IEnumerable<TaskRecord> records, Func<TaskRecord, TimeSpan?> measure) =>
        [.. records.Select(measure).OfType<TimeSpan>().Select(t => Math.Max(0, t.TotalSeconds)).Order()];
}
