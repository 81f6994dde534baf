using AgentSystem.WebConsole.Backends;

namespace AgentSystem.WebConsole.Alerts;

/// <summary>
/// Every alert once. Prometheus knows what is pending and by what expression; Alertmanager knows what is silenced, what is inhibited and by
/// what. Either may be missing.
/// </summary>
/// <param name="Alerts">The worst first.</param>
public sealed record AlertBoard(IReadOnlyList<AlertView> Alerts)
{
    /// <summary>Puts together what both say.</summary>
    public static AlertBoard Of(IReadOnlyList<RuleGroup>? groups, IReadOnlyList<Alert>? alerts)
    {
        var views = new List<AlertView>();
        var told = (alerts ?? []).ToList();
        foreach (var rule in (groups ?? []).SelectMany(group => group.Rules))
        {
            foreach (var made in rule.Alerts)
            {
                // Alertmanager's has the labels that Prometheus adds for the outside, too.
                var known = told.FirstOrDefault(alert => made.Labels.All(label => alert.Labels.GetValueOrDefault(label.Key) == label.Value));
                if (known is not null)
                    told.Remove(known);
                views.Add(known is null ? Of(made, rule) : Of(known) with { Value = made.Value, Rule = rule });
            }
        }

        views.AddRange(told.Select(Of));
        return new(
        [
            .. views.OrderBy(view => view.Condition).ThenBy(view => AlertView.Rank(view.Severity))
                .ThenBy(view => view.Name, StringComparer.Ordinal).ThenByDescending(view => view.Since),
        ]);
    }

    /// <summary>The alerts of a condition (any when null) that have a text in their labels or annotations.</summary>
    public IReadOnlyList<AlertView> Find(AlertCondition? condition, string? text) =>
    [
        .. Alerts.Where(alert => condition is null || alert.Condition == condition)
            .Where(alert => string.IsNullOrWhiteSpace(text)
                || alert.Labels.Concat(alert.Annotations).Any(pair => pair.Value.Contains(text.Trim(), StringComparison.OrdinalIgnoreCase))),
    ];

    /// <summary>How many alerts are so.</summary>
    public int Count(AlertCondition condition) => Alerts.Count(alert => alert.Condition == condition);

    /// <summary>The alert of an id.</summary>
    public AlertView? Get(string id) => Alerts.FirstOrDefault(alert => alert.Id == id);

    private static AlertView Of(RuleAlert made, AlertRule rule) => new(
        AlertView.Fingerprint(made.Labels), made.Labels, made.Annotations,
        made.State == "pending" ? AlertCondition.Pending : AlertCondition.Firing, made.ActiveAt, made.Value, rule, [], [], null);

    private static AlertView Of(Alert alert) => new(
        alert.Fingerprint, alert.Labels, alert.Annotations, ConditionOf(alert.Status), alert.StartsAt, null, null,
        alert.Status.SilencedBy, alert.Status.InhibitedBy, alert.GeneratorURL);

    private static AlertCondition ConditionOf(AlertStatus status) =>
        status.SilencedBy.Count > 0 ? AlertCondition.Silenced
        : status.InhibitedBy.Count > 0 ? AlertCondition.Inhibited
        : AlertCondition.Firing;
}
