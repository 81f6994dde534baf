using AgentSystem.Protocol;

namespace AgentSystem.Benchmarks.Chaos;

/// <summary>A fault to try out.</summary>
/// <param name="Fault">Which.</param>
/// <param name="Worker">The worker; null for all, or where it is done to something else.</param>
internal sealed record Trial(string Fault, string? Worker = null)
{
    /// <summary>Further options of agentctl.</summary>
    internal IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>Tasks that the worker is given at once, so that all its slots are taken.</summary>
    internal int Burst { get; init; }

    /// <summary>How long the fault goes on once it was noticed.</summary>
    internal TimeSpan Goes { get; init; }

    /// <summary>Whether agentctl is killed instead of interrupted: the fault has to end without it.</summary>
    internal bool KillsAgentCtl { get; init; }

    internal FaultKind Kind => FaultCatalog.Find(Fault)!;

    /// <summary>As it is in the table.</summary>
    internal string Title => Options.Count == 0 ? Fault : $"{Fault} {string.Join(' ', Options)}";

    /// <summary>Every fault once, and each kind of error of the model's API; those last that others remember longest.</summary>
    internal static IReadOnlyList<Trial> All { get; } =
    [
        new(FaultCatalog.FailingAgent, "anga"),
        new(FaultCatalog.ClockSkew, "fabien") { KillsAgentCtl = true },
        new(FaultCatalog.MemoryHog, "marie"),
        new(FaultCatalog.CpuBurner, "anga") { Options = ["--threads", "8"] }, // others compute here, too
        new(FaultCatalog.DroppedLines, "fabien"),
        new(FaultCatalog.FullPipe, "marie"),
        new(FaultCatalog.StuckTask, "anga") { Burst = 24 },
        new(FaultCatalog.FullDisk),
        .. FaultCatalog.ModelErrors.Select(OfClaude),
        new(FaultCatalog.TelemetryAway),
        new(FaultCatalog.SlowAgent, "marie"),
        new(FaultCatalog.CrashLoop, "fabien"),
        new(FaultCatalog.WorkerDown, "anga"),
    ];

    /// <summary>Whether somebody asked for it by its fault, or for it alone by its title.</summary>
    internal bool IsAmong(IReadOnlyCollection<string> wanted) => wanted.Contains(Fault) || wanted.Contains(Title);

    // The one that it is without saying so stays unsaid.
    private static Trial OfClaude(string error) =>
        new(FaultCatalog.ClaudeErrors) { Options = error == FaultCatalog.ModelErrors[0] ? [] : [$"--{FaultCatalog.Parameters.Error}", error] };

    /// <summary>All workers killed at once, and kept from starting.</summary>
    internal static Trial Storm { get; } = new(FaultCatalog.WorkerDown) { Goes = TimeSpan.FromSeconds(75) };
}
