using System.Globalization;

namespace AgentSystem.Orchestrator.Journal;

/// <summary>What a row of the purse counts: a scope's day or month (UTC).</summary>
/// <param name="Scope"><c>worker</c>, <c>day</c> or <c>month</c>.</param>
/// <param name="Period"><c>2026-11-29</c> or <c>2026-11</c>.</param>
/// <param name="Worker">Whose; empty for all together.</param>
internal sealed record PursePeriod(string Scope, string Period, string Worker)
{
    internal const string Task = "task", OfWorker = "worker", Day = "day", Month = "month";

    /// <summary>The periods that a call of <paramref name="worker"/> at this time counts for.</summary>
    internal static IReadOnlyList<PursePeriod> Of(DateTimeOffset at, string worker) =>
    [
        new(OfWorker, Format(at, "yyyy-MM-dd"), worker),
        new(Day, Format(at, "yyyy-MM-dd"), ""),
        new(Month, Format(at, "yyyy-MM"), ""),
    ];

    /// <summary>When the next one begins.</summary>
    internal DateTimeOffset End(DateTimeOffset now) => Scope == Month
        ? new DateTimeOffset(now.UtcDateTime.Year, now.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1)
        : new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddDays(1);

    private static string Format(DateTimeOffset at, string format) => at.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
}
