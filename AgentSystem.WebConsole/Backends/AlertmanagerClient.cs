using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace AgentSystem.WebConsole.Backends;

/// <summary>Alertmanager's HTTP API, version 2: https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml.</summary>
public sealed class AlertmanagerClient(IHttpClientFactory clients, BackendHealth health, TimeProvider time)
    : BackendClient(Backend.Alertmanager, clients, health, time)
{
    /// <summary>The alerts that it has, silenced and inhibited ones included.</summary>
    public Task<Answer<IReadOnlyList<Alert>>> AlertsAsync(CancellationToken cancellationToken = default) =>
        GetAsync("api/v2/alerts", AlertmanagerJson.Default.IReadOnlyListAlert, cancellationToken);

    /// <summary>Sends something, as creating and expiring a silence needs it.</summary>
    public Task<Answer<TOut>> PostAsync<TIn, TOut>(
        string path, TIn body, JsonTypeInfo<TIn> bodyType, JsonTypeInfo<TOut> answerType, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, path, JsonContent.Create(body, bodyType), answerType, cancellationToken);

    /// <summary>Deletes something, as ending a silence needs it.</summary>
    public Task<Answer<bool>> DeleteAsync(string path, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Delete, path, null, (_, _) => Task.FromResult(true), null, cancellationToken);

    /// <inheritdoc/>
    // An error is a JSON string.
    protected override string ReadError(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.String ? json.RootElement.GetString()! : body;
        }
        catch (JsonException)
        {
            return body;
        }
    }
}

/// <summary>An alert as Alertmanager has it.</summary>
/// <param name="Fingerprint">Tells alerts apart.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Annotations">Its annotations.</param>
/// <param name="StartsAt">When it began (UTC).</param>
/// <param name="EndsAt">When it ends if nobody repeats it (UTC).</param>
/// <param name="GeneratorURL">The expression, at Prometheus.</param>
/// <param name="Status">Whether somebody is told of it.</param>
public sealed record Alert(
    string Fingerprint, IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations,
    DateTimeOffset StartsAt, DateTimeOffset EndsAt, string? GeneratorURL, AlertStatus Status)
{
    /// <summary>The alert's name.</summary>
    [JsonIgnore]
    public string Name => Labels.GetValueOrDefault("alertname") ?? "";

    /// <summary>How bad it is; empty where the rule does not say.</summary>
    [JsonIgnore]
    public string Severity => Labels.GetValueOrDefault("severity") ?? "";

    /// <summary>Whether something is wrong. An alert of the severity <c>none</c> always fires, to show that alerts get through.</summary>
    [JsonIgnore]
    public bool TellsOfFault => Severity != "none";
}

/// <summary>Whether somebody is told of an alert.</summary>
/// <param name="State"><c>active</c>, <c>suppressed</c> or <c>unprocessed</c>.</param>
/// <param name="SilencedBy">Ids of the silences that suppress it.</param>
/// <param name="InhibitedBy">Fingerprints of the alerts that inhibit it.</param>
public sealed record AlertStatus(string State, IReadOnlyList<string> SilencedBy, IReadOnlyList<string> InhibitedBy);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<Alert>))]
internal sealed partial class AlertmanagerJson : JsonSerializerContext;
