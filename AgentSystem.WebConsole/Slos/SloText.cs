using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Formatting;

namespace AgentSystem.WebConsole.Slos;

/// <summary>The question that the pages about SLOs share, and what they say of the answer.</summary>
internal static class SloText
{
    /// <summary>Names the question.</summary>
    public const string PollKey = "prometheus/slos";

    /// <summary>As often as rules are evaluated.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(5);

    /// <summary>All SLOs that are recorded.</summary>
    public static async Task<Answer<IReadOnlyList<Slo>>> SlosAsync(this PrometheusClient prometheus, CancellationToken cancellationToken) =>
        (await prometheus.QueryAsync(SloRecords.All, cancellationToken: cancellationToken)).Map(samples => SloRecords.Read(samples));

    /// <summary>What is promised; an SLO without an objective is a budget to spend.</summary>
    public static string Promise(Slo slo) =>
        $"{slo.Service}: {(slo.Objective > 0 ? Numbers.Percent(slo.Objective, 5) : "a budget")}{(slo.Period is { } period ? $" over {Durations.Text(period)}" : "")}";

    /// <summary>How fast the budget goes, as a sentence.</summary>
    public static string Pace(Slo slo) => slo switch
    {
        { BudgetLeft: <= 0 } => "It is spent.",
        { BurnRate: null } => "",
        { BurnRate: <= 0 } => "Nothing is spent now.",
        { Lasts: { } lasts } => $"Spent {Numbers.Digits(slo.BurnRate.Value, 3)} times as fast as allowed: it lasts for {Durations.Text(lasts)}.",
        _ => $"Spent {Numbers.Digits(slo.BurnRate.Value, 3)} times as fast as allowed.",
    };
}
