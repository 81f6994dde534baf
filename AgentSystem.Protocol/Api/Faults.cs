using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentSystem.Protocol.Api;

/// <summary>How a fault came to its end.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<FaultEnd>))]
public enum FaultEnd
{
    /// <summary>Its time was over.</summary>
    Expired,
    /// <summary>Somebody ended it.</summary>
    Stopped,
    /// <summary>Whoever held it gave no sign of life any more.</summary>
    LeaseLost,
    /// <summary>The orchestrator was started again, which ends all faults.</summary>
    OrchestratorRestarted,
}

/// <summary>Body of <c>POST /chaos</c>: a fault to inject.</summary>
public sealed record FaultRequest
{
    /// <summary>Which fault: a name of <see cref="FaultCatalog"/>.</summary>
    public string? Fault { get; init; }

    /// <summary>The worker; all of them when absent.</summary>
    public string? Worker { get; init; }

    /// <summary>How long it lasts at most, in seconds; a minute when absent.</summary>
    public double? ForSeconds { get; init; }

    /// <summary>The fault ends this many seconds after its last renewal, if nobody ends it before; without it nothing has to be renewed.</summary>
    public double? LeaseSeconds { get; init; }

    /// <summary>Numbers or words, by the parameter's name; what is absent has its default.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Parameters { get; init; }

    /// <summary>Who does it, for example <c>ann@laptop with agentctl</c>.</summary>
    public string? By { get; init; }
}

/// <summary>A fault that was injected.</summary>
public sealed record InjectedFault
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Which fault.</summary>
    public required string Fault { get; init; }

    /// <summary>The worker; null for all of them, or where it is done to something else.</summary>
    public string? Worker { get; init; }

    /// <summary>Its parameters, defaults included.</summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>Who did it.</summary>
    public required string By { get; init; }

    /// <summary>When it began (UTC).</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ends at the latest (UTC).</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>When it ends unless it is renewed before (UTC).</summary>
    public DateTimeOffset? LeaseUntil { get; init; }

    /// <summary>How long a renewal holds, in seconds.</summary>
    public double? LeaseSeconds { get; init; }

    /// <summary>When it ended (UTC); null while it is there.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How it ended.</summary>
    public FaultEnd? Ended { get; init; }

    /// <summary>Who ended it, where somebody did.</summary>
    public string? EndedBy { get; init; }
}

/// <summary>Answer of <c>GET /chaos</c>, newest first.</summary>
/// <param name="Enabled">Whether faults can be injected.</param>
/// <param name="Faults">Those that are there now; with <c>all=true</c> also those that are over.</param>
public sealed record FaultList(bool Enabled, IReadOnlyList<InjectedFault> Faults);

/// <summary>The words for how a fault ends.</summary>
public static class FaultWords
{
    /// <summary>The end as a word.</summary>
    public static string ToName(this FaultEnd end) => end switch
    {
        FaultEnd.Expired => "expired",
        FaultEnd.Stopped => "stopped",
        FaultEnd.LeaseLost => "lease_lost",
        _ => "orchestrator_restarted",
    };
}
