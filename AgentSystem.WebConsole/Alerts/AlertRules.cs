using System.Text.Json.Serialization;
using AgentSystem.WebConsole.Backends;

namespace AgentSystem.WebConsole.Alerts;

/// <summary>Alerting rules, as Prometheus's <c>/api/v1/rules</c> tells of them.</summary>
public static class AlertRules
{
    /// <summary>All alerting rules with the alerts that they make now, by group.</summary>
    public static async Task<Answer<IReadOnlyList<RuleGroup>>> AlertRulesAsync(this PrometheusClient prometheus, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prometheus);
        return (await prometheus.GetAsync("api/v1/rules?type=alert", RulesJson.Default.RulesAnswer, cancellationToken)).Map(answer => answer.Data.Groups);
    }
}

/// <summary>Rules that are evaluated together.</summary>
/// <param name="Name">The group's name.</param>
/// <param name="File">The file that it is from.</param>
/// <param name="Interval">How often it is evaluated, in seconds.</param>
/// <param name="Rules">Its rules.</param>
public sealed record RuleGroup(string Name, string File, double Interval, IReadOnlyList<AlertRule> Rules);

/// <summary>An alerting rule.</summary>
/// <param name="Name">The alert's name.</param>
/// <param name="Query">The expression.</param>
/// <param name="Duration">How long the expression has to hold before the alert fires, in seconds.</param>
/// <param name="Labels">Labels that it adds.</param>
/// <param name="Annotations">What it has to say, as templates.</param>
/// <param name="State"><c>inactive</c>, <c>pending</c> or <c>firing</c>.</param>
/// <param name="Health"><c>ok</c>, <c>err</c> or <c>unknown</c>.</param>
/// <param name="LastError">Why it could not be evaluated.</param>
/// <param name="Alerts">The alerts that it makes now.</param>
public sealed record AlertRule(
    string Name, string Query, double Duration, IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations,
    string State, string Health, string? LastError, IReadOnlyList<RuleAlert> Alerts);

/// <summary>An alert as its rule makes it.</summary>
/// <param name="Labels">Its labels.</param>
/// <param name="Annotations">Its annotations.</param>
/// <param name="State"><c>pending</c> or <c>firing</c>.</param>
/// <param name="ActiveAt">Since when the expression holds (UTC).</param>
/// <param name="Value">The expression's value, as Prometheus writes it.</param>
public sealed record RuleAlert(
    IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations, string State, DateTimeOffset ActiveAt, string Value);

internal sealed record RulesAnswer(RulesData Data);

internal sealed record RulesData(IReadOnlyList<RuleGroup> Groups);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RulesAnswer))]
internal sealed partial class RulesJson : JsonSerializerContext;
