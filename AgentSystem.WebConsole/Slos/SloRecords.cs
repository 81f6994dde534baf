using System.Globalization;
using System.Text.RegularExpressions;
using AgentSystem.WebConsole.Backends;

namespace AgentSystem.WebConsole.Slos;

/// <summary>
/// The names under which SLOs are recorded in Prometheus: those of Sloth (https://sloth.dev), which others' dashboards know too. Whatever
/// writes such rules, its SLOs show here.
/// </summary>
public static partial class SloRecords
{
    /// <summary>The label that tells SLOs apart.</summary>
    public const string IdLabel = "sloth_id";

    /// <summary>The label with the service's name.</summary>
    public const string ServiceLabel = "sloth_service";

    /// <summary>The label with the SLO's name.</summary>
    public const string NameLabel = "sloth_slo";

    /// <summary>The share of the error budget that is left of the period; negative when it is overspent.</summary>
    public const string BudgetLeft = "slo:period_error_budget_remaining:ratio";

    /// <summary>Everything that is recorded about SLOs now.</summary>
    public const string All = """{__name__=~"slo:.+", sloth_id!=""}""";

    private const string Objective = "slo:objective:ratio";
    private const string Period = "slo:time_period:days";
    private const string BurnRate = "slo:current_burn_rate:ratio";
    private const string ErrorRatio = "slo:sli_error:ratio_rate";

    /// <summary>How the budget of one went.</summary>
    public static string BudgetLeftOf(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return $"{BudgetLeft}{{{IdLabel}=\"{id.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"}}";
    }

    /// <summary>Makes SLOs of what is recorded: those that have an objective, the least budget first.</summary>
    public static IReadOnlyList<Slo> Read(IEnumerable<Sample> samples) =>
    [
        .. samples.GroupBy(sample => sample.Labels.GetValueOrDefault(IdLabel) ?? "").Where(group => group.Key.Length > 0)
            .Select(group => Read(group.Key, [.. group])).OfType<Slo>()
            .OrderBy(slo => slo.BudgetLeft ?? 1).ThenBy(slo => slo.Id, StringComparer.Ordinal),
    ];

    private static Slo? Read(string id, IReadOnlyList<Sample> samples)
    {
        if (Value(Objective) is not { } objective)
            return null;
        var labels = samples[0].Labels;
        return new(
            id, labels.GetValueOrDefault(ServiceLabel) ?? "", labels.GetValueOrDefault(NameLabel) ?? id, objective,
            Value(Period) is { } days ? TimeSpan.FromDays(days) : null, Value(BudgetLeft), Value(BurnRate),
            [
                .. samples.Where(sample => Name(sample).StartsWith(ErrorRatio, StringComparison.Ordinal) && double.IsFinite(sample.Point.Value))
                    .Select(sample => new SloWindow(Name(sample)[ErrorRatio.Length..], sample.Point.Value, BurnRateOf(sample.Point.Value, objective)))
                    .DistinctBy(window => window.Length).OrderBy(window => Seconds(window.Length)),
            ]);

        double? Value(string name) =>
            samples.FirstOrDefault(sample => Name(sample) == name)?.Point.Value is { } value && double.IsFinite(value) ? value : null;
    }

    private static double BurnRateOf(double errorRatio, double objective) => objective < 1 ? errorRatio / (1 - objective) : double.NaN;

    private static string Name(Sample sample) => sample.Labels.GetValueOrDefault("__name__") ?? "";

    // 5m, 1h, 30d, 1h30m.
    private static double Seconds(string window) => Parts().Matches(window).Sum(part =>
        double.Parse(part.Groups[1].Value, CultureInfo.InvariantCulture) * part.Groups[2].Value switch
        {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86_400,
            _ => 604_800,
        });

    [GeneratedRegex(@"(\d+)([smhdw])")]
    private static partial Regex Parts();
}

/// <summary>A service level objective, as it stands now.</summary>
/// <param name="Id">Tells it apart.</param>
/// <param name="Service">Whose.</param>
/// <param name="Name">Its name.</param>
/// <param name="Objective">The share of events that has to be good, from 0 to 1.</param>
/// <param name="Period">Over which time.</param>
/// <param name="BudgetLeft">The share of the error budget that is left; negative when it is overspent.</param>
/// <param name="BurnRate">How fast the budget goes: at 1 it lasts exactly for the period.</param>
/// <param name="Windows">The share of bad events over several times, the shortest first.</param>
public sealed record Slo(
    string Id, string Service, string Name, double Objective, TimeSpan? Period, double? BudgetLeft, double? BurnRate, IReadOnlyList<SloWindow> Windows)
{
    /// <summary>Its page.</summary>
    public string Path => $"/slos/{Uri.EscapeDataString(Id)}";

    /// <summary>When the budget is gone if it goes on so; null where it does not go, or has gone.</summary>
    public TimeSpan? Lasts => Period is { } period && BudgetLeft is > 0 and var left && BurnRate is > 0 and var rate && left * period.TotalDays / rate < 3650
        ? period * (left / rate)
        : null;
}

/// <summary>The share of bad events over a time.</summary>
/// <param name="Length">The time, as Prometheus writes it.</param>
/// <param name="ErrorRatio">The share, from 0 to 1.</param>
/// <param name="BurnRate">The share in units of what the objective allows.</param>
public sealed record SloWindow(string Length, double ErrorRatio, double BurnRate);
