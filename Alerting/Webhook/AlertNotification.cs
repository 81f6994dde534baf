using System.Text.Json.Serialization;
using AgentSystem.Alerting.Incidents;

namespace AgentSystem.Alerting.Webhook;

/// <summary>
/// What Alertmanager posts to a webhook receiver: one group of alerts, version 4 of the format
/// (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config). Members that are not here are passed over.
/// </summary>
/// <remarks>What may be absent has <c>set</c>: a generated reader gives an <c>init</c> property null, whatever its initializer says.</remarks>
public sealed record AlertNotification
{
    /// <summary>The only version of the format that is understood.</summary>
    public const string SupportedVersion = "4";

    /// <summary>Version of the format.</summary>
    public required string Version { get; init; }

    /// <summary>Identifies the group.</summary>
    public required string GroupKey { get; init; }

    /// <summary>How many alerts were left out because of <c>max_alerts</c>.</summary>
    public int TruncatedAlerts { get; init; }

    /// <summary>Firing while at least one alert of the group is.</summary>
    public required AlertStatus Status { get; init; }

    /// <summary>The receiver's name in Alertmanager's configuration.</summary>
    public required string Receiver { get; init; }

    /// <summary>The labels by which the group was made.</summary>
    public IReadOnlyDictionary<string, string> GroupLabels { get; set; } = NoLabels;

    /// <summary>The labels that all alerts of the group share.</summary>
    public IReadOnlyDictionary<string, string> CommonLabels { get; set; } = NoLabels;

    /// <summary>The annotations that all alerts of the group share.</summary>
    public IReadOnlyDictionary<string, string> CommonAnnotations { get; set; } = NoLabels;

    /// <summary>Where Alertmanager's own page is.</summary>
    [JsonPropertyName("externalURL")]
    public string? ExternalUrl { get; init; }

    /// <summary>The alerts of the group.</summary>
    public required IReadOnlyList<Alert> Alerts { get; init; }

    internal static IReadOnlyDictionary<string, string> NoLabels { get; } = new Dictionary<string, string>();
}

/// <summary>One alert of a notification.</summary>
public sealed record Alert
{
    /// <summary>Whether it still fires.</summary>
    public required AlertStatus Status { get; init; }

    /// <summary>What identifies it; always has <c>alertname</c>.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>What is said about it: summary, description, runbook.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; set; } = AlertNotification.NoLabels;

    /// <summary>When it began to fire (UTC).</summary>
    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>When it ended (UTC); the year 1 while that is not known.</summary>
    public DateTimeOffset EndsAt { get; init; }

    /// <summary>The expression that made it, as a link.</summary>
    [JsonPropertyName("generatorURL")]
    public string? GeneratorUrl { get; init; }

    /// <summary>Identifies the alert across its life: a hash of its labels.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The alert for the incidents, where times are kept to the millisecond.</summary>
    internal AlertReport ToReport(string receiver) => new(
        Fingerprint, Status == AlertStatus.Firing, Labels, Annotations, ToMillisecond(StartsAt),
        // While an alert fires, Alertmanager sends the year 1 for its end.
        EndsAt.Year > 1 && Status == AlertStatus.Resolved ? ToMillisecond(EndsAt) : null, GeneratorUrl, receiver);

    private static DateTimeOffset ToMillisecond(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
}

/// <summary>Whether an alert, or any of its group, still fires.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AlertStatus>))]
public enum AlertStatus
{
    /// <summary>Its condition holds.</summary>
    [JsonStringEnumMemberName("firing")]
    Firing,
    /// <summary>Its condition held and no longer does.</summary>
    [JsonStringEnumMemberName("resolved")]
    Resolved,
}

/// <summary>How the notification is written as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(AlertNotification))]
internal sealed partial class AlertmanagerJson : JsonSerializerContext;
