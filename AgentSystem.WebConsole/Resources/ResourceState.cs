using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Formatting;

namespace AgentSystem.WebConsole.Resources;

/// <summary>How a process is, in one word: whether it is healthy matters once it runs.</summary>
/// <param name="Text">The word.</param>
/// <param name="Tone">What it means.</param>
public sealed record ResourceState(string Text, Tone Tone)
{
    /// <summary>The word for a resource.</summary>
    public static ResourceState Of(Resource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return resource switch
        {
            { State: "Running", Health: null or "healthy" } => new("Running", Tone.Good),
            { State: "Running", Health: "degraded" } => new("Degraded", Tone.Warning),
            { State: "Running" } when resource.HealthReports.Any(report => report.Status is null) => new("Starting", Tone.Busy),
            { State: "Running" } => new("Unhealthy", Tone.Bad),
            { State: "Finished" or "Exited", ExitCode: not (null or 0) } => new($"{resource.State} with code {resource.ExitCode}", Tone.Bad),
            { State: "Finished" or "Exited" } => new(resource.State, Tone.Off),
            { State: "FailedToStart" } => new("Failed to start", Tone.Bad),
            { State: "NotStarted" } => new("Not started", Tone.Off),
            { State: "RuntimeUnhealthy" } => new("Runtime unhealthy", Tone.Warning),
            { State: "ValueMissing" } => new("Value missing", Tone.Warning),
            { State: { } state } => new(state, States.ToneOf(state)),
            _ => new("Unknown", Tone.Waiting),
        };
    }
}
