using System.Text;
using AgentSystem.WebConsole.Formatting;

namespace AgentSystem.WebConsole.Alerts;

/// <summary>How an alert is, in the order in which people want to see them.</summary>
public enum AlertCondition
{
    /// <summary>It fires, and somebody is told.</summary>
    Firing,
    /// <summary>Its expression holds, but not for long enough yet.</summary>
    Pending,
    /// <summary>It fires, and a silence keeps it from being told.</summary>
    Silenced,
    /// <summary>It fires, and another alert that explains it keeps it from being told.</summary>
    Inhibited,
}

/// <summary>An alert with what both Prometheus and Alertmanager know of it.</summary>
/// <param name="Id">Tells alerts apart: the fingerprint of its labels, as Alertmanager has it.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Annotations">Its annotations.</param>
/// <param name="Condition">How it is.</param>
/// <param name="Since">Since when (UTC).</param>
/// <param name="Value">The expression's value; null where Prometheus says nothing of it.</param>
/// <param name="Rule">The rule that makes it, where Prometheus knows it.</param>
/// <param name="SilencedBy">Ids of the silences that keep it quiet.</param>
/// <param name="InhibitedBy">Ids of the alerts that keep it quiet.</param>
/// <param name="GeneratorUrl">Where the expression is seen, as Prometheus says.</param>
public sealed record AlertView(
    string Id, IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations, AlertCondition Condition,
    DateTimeOffset Since, string? Value, AlertRule? Rule, IReadOnlyList<string> SilencedBy, IReadOnlyList<string> InhibitedBy, string? GeneratorUrl)
{
    /// <summary>The alert's name.</summary>
    public string Name => Labels.GetValueOrDefault("alertname") ?? "(without a name)";

    /// <summary>How bad it is; empty where the rule does not say.</summary>
    public string Severity => Labels.GetValueOrDefault("severity") ?? "";

    /// <summary>What it says in one line.</summary>
    public string? Summary => Annotations.GetValueOrDefault("summary") ?? Annotations.GetValueOrDefault("description");

    /// <summary>Its page.</summary>
    public string Path => $"/alerts/{Id}";

    /// <summary>What its condition means.</summary>
    public Tone Tone => Condition switch
    {
        AlertCondition.Firing => Tone.Bad,
        AlertCondition.Pending => Tone.Warning,
        _ => Tone.Off,
    };

    /// <summary>What a severity means; lower is worse.</summary>
    public static int Rank(string severity) => severity.ToUpperInvariant() switch
    {
        "CRITICAL" or "PAGE" => 0,
        "ERROR" or "HIGH" => 1,
        "WARNING" or "TICKET" => 2,
        "" => 4,
        _ => 3,
    };

    /// <summary>The colour of a severity.</summary>
    public static Tone ToneOf(string severity) => Rank(severity) switch
    {
        0 or 1 => Tone.Bad,
        2 => Tone.Warning,
        _ => Tone.Busy,
    };

    /// <summary>
    /// The fingerprint of labels, as Prometheus's common library makes it, so that a link is the same whoever tells of the alert: FNV-1a of the
    /// sorted names and values, each followed by the byte 255.
    /// </summary>
    /// <remarks>https://github.com/prometheus/common/blob/main/model/signature.go</remarks>
    public static string Fingerprint(IEnumerable<KeyValuePair<string, string>> labels)
    {
        var hash = 14695981039346656037UL;
        foreach (var (name, value) in labels.OrderBy(label => label.Key, StringComparer.Ordinal))
        {
            Add(name);
            Add(value);
        }

        return hash.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);

        void Add(string text)
        {
            foreach (var b in Encoding.UTF8.GetBytes(text).Append((byte)255))
                hash = unchecked((hash ^ b) * 1099511628211UL);
        }
    }
}
