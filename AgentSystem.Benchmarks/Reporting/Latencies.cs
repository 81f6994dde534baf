using System.Diagnostics;

namespace AgentSystem.Benchmarks.Reporting;

/// <summary>How long the same thing took each time, in milliseconds.</summary>
internal sealed class Latencies
{
    private readonly List<double> _millis = [];

    internal static Latencies Of(IEnumerable<double> millis)
    {
        var latencies = new Latencies();
        latencies._millis.AddRange(millis);
        return latencies;
    }

    /// <summary>Those of all together.</summary>
    internal static Latencies Of(IEnumerable<Latencies> parts) => Of(parts.SelectMany(part => part._millis));

    internal int Count => _millis.Count;

    internal async Task MeasureAsync(Func<Task> work)
    {
        var began = Stopwatch.GetTimestamp();
        await work();
        _millis.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }

    /// <summary>The smallest time that at least this share of all is not above (nearest rank).</summary>
    internal double Percentile(double share)
    {
        var sorted = _millis.Order().ToList();
        return sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Count) - 1)];
    }

    public override string ToString() => $"p50 {Percentile(0.5):N2} ms, p95 {Percentile(0.95):N2} ms, p99 {Percentile(0.99):N2} ms of {Count}";
}
