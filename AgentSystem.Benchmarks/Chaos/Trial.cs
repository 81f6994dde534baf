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

    /// <summary>Every fault once, those last that others remember longest.</summary>
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
        new(FaultCatalog.ClaudeErrors),
        new(FaultCatalog.ClaudeErrors) { Options = ["--error", "authentication_error"] },
        new(FaultCatalog.TelemetryAway),
        new(FaultCatalog.SlowAgent, "marie"),
        new(FaultCatalog.CrashLoop, "fabien"),
        new(FaultCatalog.WorkerDown, "anga"),
    ];

    /// <summary>All workers killed at once, and kept from starting.</summary>
    internal static Trial Storm { get; } = new(FaultCatalog.WorkerDown) { Goes = TimeSpan.FromSeconds(75) };
}
