using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Live;

namespace AgentSystem.WebConsole.Alerts;

/// <summary>Base of the pages about alerts: what Prometheus and Alertmanager say, shared by all who look.</summary>
public abstract class AlertPages : LiveComponent
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    /// <summary>The rules, with the alerts that they make.</summary>
    protected Live<IReadOnlyList<RuleGroup>> Rules { get; private set; } = new();

    /// <summary>The alerts that fire.</summary>
    protected Live<IReadOnlyList<Alert>> Told { get; private set; } = new();

    /// <summary>The silences.</summary>
    protected Live<IReadOnlyList<Silence>> Silenced { get; private set; } = new();

    /// <summary>Every alert once.</summary>
    protected AlertBoard Board { get; private set; } = new([]);

    /// <summary>Whether nothing was answered yet.</summary>
    protected bool IsWaiting => Rules.IsWaiting || Told.IsWaiting;

    /// <summary>What does not answer.</summary>
    protected IEnumerable<(Problem Problem, DateTimeOffset? DataFrom)> Problems
    {
        get
        {
            if (Rules.Problem is { } prometheus)
                yield return (prometheus, Rules.Value is null ? null : Rules.At);
            if ((Told.Problem ?? Silenced.Problem) is { } alertmanager)
                yield return (alertmanager, Told.Value is null ? null : Told.At);
        }
    }

    /// <summary>Whom to ask for metrics and rules.</summary>
    [Microsoft.AspNetCore.Components.Inject]
    protected PrometheusClient Prometheus { get; set; } = null!;

    /// <summary>Whom to ask for alerts and silences.</summary>
    [Microsoft.AspNetCore.Components.Inject]
    protected AlertmanagerClient Alertmanager { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        Watch<IReadOnlyList<RuleGroup>>(
            "rules", "prometheus/rules", Interval, Prometheus.AlertRulesAsync, live => (Rules, Board) = (live, AlertBoard.Of(live.Value, Told.Value)));
        Watch<IReadOnlyList<Alert>>(
            "told", "alertmanager/alerts", Interval, Alertmanager.AlertsAsync, live => (Told, Board) = (live, AlertBoard.Of(Rules.Value, live.Value)));
        Watch<IReadOnlyList<Silence>>("silences", "alertmanager/silences", Interval, Alertmanager.SilencesAsync, live => Silenced = live);
    }

    /// <summary>Asks again at once, since something was changed.</summary>
    protected void AskAlertmanagerNow()
    {
        AskNow("told");
        AskNow("silences");
    }

    /// <summary>The silence of an id.</summary>
    protected Silence? SilenceOf(string id) => Silenced.Value?.FirstOrDefault(silence => silence.Id == id);

    /// <summary>
    /// Where an expression is tried: at the Prometheus that we ask, where a browser on this machine finds it too; else where it says itself.
    /// </summary>
    protected string? ExpressionAddress(AlertView alert)
    {
        ArgumentNullException.ThrowIfNull(alert);
        return alert.Rule is { } rule && Prometheus.Address is { IsLoopback: true } address
            ? $"{address}graph?g0.expr={Uri.EscapeDataString(rule.Query)}&g0.tab=1"
            : alert.GeneratorUrl;
    }
}
