namespace AgentSystem.WebConsole.Formatting;

/// <summary>What a state means, whatever it is called: the colour and the shape that it is shown with.</summary>
public enum Tone
{
    /// <summary>As it should be.</summary>
    Good,
    /// <summary>At work.</summary>
    Busy,
    /// <summary>Waits for something.</summary>
    Waiting,
    /// <summary>To keep an eye on.</summary>
    Warning,
    /// <summary>Wrong.</summary>
    Bad,
    /// <summary>Out of the game.</summary>
    Off,
}

/// <summary>The states of tasks, resources and alerts.</summary>
public static class States
{
    /// <summary>What a state means; <see cref="Tone.Off"/> for words that are not known.</summary>
    public static Tone ToneOf(string state) => state.ToUpperInvariant() switch
    {
        "COMPLETED" or "HEALTHY" or "UP" or "OK" or "RUNNING" or "FINISHED" or "USED" or "RESOLVED" => Tone.Good,
        "ACTIVE" or "STARTED" or "CLAIMED" or "PROGRESS" or "TOOL" or "STARTING" or "BUILDING" or "ACKNOWLEDGED" => Tone.Busy,
        "PENDING" or "READY" or "WAITING" or "UNKNOWN" or "INACTIVE" => Tone.Waiting,
        "RETRYING" or "RELEASED" or "DEGRADED" or "WARNING" or "STOPPING" or "RUNTIMEUNHEALTHY" or "FLAPPING" => Tone.Warning,
        "DEAD" or "FAILED" or "UNHEALTHY" or "DOWN" or "FIRING" or "CRITICAL" or "EXITED" or "FAILEDTOSTART" or "ERROR" or "OPEN" => Tone.Bad,
        _ => Tone.Off,
    };

    /// <summary>The word for style sheets.</summary>
    public static string ToClass(this Tone tone) => tone switch
    {
        Tone.Good => "good",
        Tone.Busy => "busy",
        Tone.Waiting => "waiting",
        Tone.Warning => "warning",
        Tone.Bad => "bad",
        _ => "off",
    };
}
