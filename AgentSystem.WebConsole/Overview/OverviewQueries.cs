using System.Globalization;
using AgentSystem.Protocol;
using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Slos;
using Metrics = AgentSystem.Protocol.TelemetryNames.Metrics;

namespace AgentSystem.WebConsole.Overview;

/// <summary>A number with how it went.</summary>
/// <param name="Now">NaN where nothing was measured.</param>
/// <param name="Course">The last hour; empty where it is not asked for.</param>
public sealed record Measure(double Now, IReadOnlyList<Point> Course);

/// <summary>The overview's numbers, all from one moment.</summary>
/// <param name="PerMinute">Tasks completed a minute, over five minutes.</param>
/// <param name="P95Seconds">95 % of the attempts of the last five minutes took less; NaN where there was none.</param>
/// <param name="FailedShare">Failed attempts of all that ended within the last hour, from 0 to 1; NaN where none ended.</param>
/// <param name="FailedLastHour">Failed attempts within the last hour.</param>
/// <param name="Waiting">Tasks that wait for a worker.</param>
/// <param name="OldestSeconds">Age of the oldest of them.</param>
/// <param name="SpentToday">US dollars since midnight (UTC).</param>
/// <param name="ErrorBudgets">Share of the error budget that is left, by SLO; empty as long as there are no SLOs.</param>
/// <param name="Up">Whether each target could be scraped, by job.</param>
public sealed record OverviewNumbers(
    Measure PerMinute, Measure P95Seconds, double FailedShare, double FailedLastHour, Measure Waiting, double OldestSeconds, double SpentToday,
    IReadOnlyDictionary<string, double> ErrorBudgets, IReadOnlyDictionary<string, bool> Up);

/// <summary>What the overview asks Prometheus.</summary>
public sealed class OverviewQueries(PrometheusClient prometheus, TimeProvider time)
{
    private const int Often = 300, Hour = 3600;

    internal static readonly string PerMinute = $"sum({Increase(Metrics.TaskCompleted, Often)}) / 5";
    internal static readonly string P95 = $"histogram_quantile(0.95, sum by (le) ({Increase(Metrics.TaskProcessingDuration + "_bucket", Often)}))";
    internal static readonly string Failed = $"sum({Increase(Metrics.TaskFailed, Hour)})";
    internal static readonly string FailedShare = $"({Failed} or vector(0)) / (sum({Increase(Metrics.TaskCompleted, Hour)}) + ({Failed} or vector(0)))";

    // The orchestrator's own account, which outlives it and the workers: the dashboard Agents and Cost asks the same.
    internal const string SpentToday = $"max({Metrics.BudgetSpent}{{{TelemetryNames.Labels.Scope}=\"day\"}})";

    private const string Waiting = $"sum({Metrics.TaskQueueDepth}{{{TelemetryNames.Labels.Status}=~\"pending|ready\"}})";
    private const string Oldest = $"max({Metrics.TaskBacklogAge})";

    private static readonly TimeSpan Course = TimeSpan.FromHours(1), Step = TimeSpan.FromMinutes(1);

    /// <summary>Asks everything at once; one problem is the problem of all, for they have the same source.</summary>
    public async Task<Answer<OverviewNumbers>> AskAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var courses = await Task.WhenAll(new[] { PerMinute, P95, Waiting }.Select(query => prometheus.QueryRangeAsync(query, now - Course, now, Step, cancellationToken)));
        var numbers = await Task.WhenAll(new[] { PerMinute, P95, Failed, FailedShare, Waiting, Oldest, SpentToday, SloRecords.BudgetLeft, "min by (job) (up)" }
            .Select(query => prometheus.QueryAsync(query, now, cancellationToken)));
        if (courses.Select(course => course.Problem).Concat(numbers.Select(number => number.Problem)).FirstOrDefault(problem => problem is not null) is { } problem)
            return problem;
        return new OverviewNumbers(
            new(One(numbers[0]), Line(courses[0])),
            new(One(numbers[1]), Line(courses[1])),
            One(numbers[3]),
            Or(One(numbers[2]), 0),
            new(One(numbers[4]), Line(courses[2])),
            Or(One(numbers[5]), 0),
            Or(One(numbers[6]), 0),
            numbers[7].Value!.GroupBy(sample => SloName(sample.Labels)).ToDictionary(slo => slo.Key, slo => slo.Min(sample => sample.Point.Value)),
            numbers[8].Value!.Where(sample => sample.Labels.ContainsKey("job")).ToDictionary(sample => sample.Labels["job"], sample => sample.Point.Value > 0));
    }

    // A counter that begins within the time counts from nothing on, even when its process has ended since: increase() knows only what came after its
    // first sample, which for the first failure of a kind is none. It began before the time if it was seen in the hour before: one scrape may have failed.
    private static string Increase(string counter, int seconds) => string.Create(
        CultureInfo.InvariantCulture, $"(max_over_time({counter}[{seconds}s]) unless last_over_time({counter}[1h] offset {seconds}s)) or increase({counter}[{seconds}s])");

    private static string SloName(IReadOnlyDictionary<string, string> labels) =>
        labels.GetValueOrDefault(SloRecords.NameLabel) ?? labels.GetValueOrDefault(SloRecords.IdLabel) ?? "";

    private static double One(Answer<IReadOnlyList<Sample>> answer) => answer.Value is [var sample, ..] ? sample.Point.Value : double.NaN;

    private static IReadOnlyList<Point> Line(Answer<IReadOnlyList<Series>> answer) => answer.Value is [var series, ..] ? series.Points : [];

    private static double Or(double value, double otherwise) => double.IsNaN(value) ? otherwise : value;
}
