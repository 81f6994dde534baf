using System.Text.Json.Serialization;
using AgentSystem.WebConsole.Backends;

namespace AgentSystem.WebConsole.Alerts;

/// <summary>Alertmanager's silences.</summary>
public static class Silences
{
    /// <summary>All that are kept, those that are over for some time too.</summary>
    public static Task<Answer<IReadOnlyList<Silence>>> SilencesAsync(this AlertmanagerClient alertmanager, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(alertmanager);
        return alertmanager.GetAsync("api/v2/silences", SilenceJson.Default.IReadOnlyListSilence, cancellationToken);
    }

    /// <summary>Creates one.</summary>
    public static Task<Answer<SilenceCreated>> CreateSilenceAsync(this AlertmanagerClient alertmanager, NewSilence silence, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(alertmanager);
        return alertmanager.PostAsync("api/v2/silences", silence, SilenceJson.Default.NewSilence, SilenceJson.Default.SilenceCreated, cancellationToken);
    }

    /// <summary>Ends one.</summary>
    public static Task<Answer<bool>> ExpireSilenceAsync(this AlertmanagerClient alertmanager, string id, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(alertmanager);
        return alertmanager.DeleteAsync($"api/v2/silence/{Uri.EscapeDataString(id)}", cancellationToken);
    }
}

/// <summary>A silence.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Status">Whether it holds.</param>
/// <param name="Matchers">What it silences: alerts that all of them match.</param>
/// <param name="StartsAt">When it begins (UTC).</param>
/// <param name="EndsAt">When it ends (UTC).</param>
/// <param name="UpdatedAt">When somebody changed it last (UTC).</param>
/// <param name="CreatedBy">Who.</param>
/// <param name="Comment">Why.</param>
public sealed record Silence(
    string Id, SilenceStatus Status, IReadOnlyList<Matcher> Matchers, DateTimeOffset StartsAt, DateTimeOffset EndsAt, DateTimeOffset UpdatedAt,
    string CreatedBy, string Comment);

/// <summary>Whether a silence holds.</summary>
/// <param name="State"><c>active</c>, <c>pending</c> or <c>expired</c>.</param>
public sealed record SilenceStatus(string State);

/// <summary>A silence to be.</summary>
/// <param name="Matchers">What it silences.</param>
/// <param name="StartsAt">When it begins (UTC).</param>
/// <param name="EndsAt">When it ends (UTC).</param>
/// <param name="CreatedBy">Who.</param>
/// <param name="Comment">Why.</param>
public sealed record NewSilence(IReadOnlyList<Matcher> Matchers, DateTimeOffset StartsAt, DateTimeOffset EndsAt, string CreatedBy, string Comment);

/// <summary>What was created.</summary>
/// <param name="SilenceID">Its id.</param>
public sealed record SilenceCreated(string SilenceID);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<Silence>))]
[JsonSerializable(typeof(NewSilence))]
[JsonSerializable(typeof(SilenceCreated))]
internal sealed partial class SilenceJson : JsonSerializerContext;
