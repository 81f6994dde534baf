using System.Globalization;

namespace AgentSystem.Protocol;

/// <summary>Which part of the system a fault is done to.</summary>
public enum FaultTarget
{
    /// <summary>A worker's processes, or its pipe.</summary>
    Worker,
    /// <summary>What agents call.</summary>
    Model,
    /// <summary>The disk of the shared volume.</summary>
    Disk,
    /// <summary>The store of traces and logs.</summary>
    Telemetry,
}

/// <summary>A parameter of a fault: a number between two bounds, or one of several words.</summary>
/// <param name="Name">Its name, in snake case.</param>
/// <param name="Default">Its value where none is given.</param>
/// <param name="Description">What it says, with its unit.</param>
/// <param name="Min">The least that it may be.</param>
/// <param name="Max">The most that it may be.</param>
/// <param name="Choices">The words that it may be; then it is no number.</param>
public sealed record FaultParameter(string Name, string Default, string Description, double Min = 0, double Max = 0, params IReadOnlyList<string> Choices)
{
    /// <summary>What is wrong with a value, as the end of a sentence; null when it is right.</summary>
    public string? Judge(string value)
    {
        if (Choices.Count > 0)
            return Choices.Contains(value) ? null : $"must be one of {string.Join(", ", Choices)}";
        return double.TryParse(value, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= Min && number <= Max
                ? null
                : string.Create(CultureInfo.InvariantCulture, $"must be a number from {Min} to {Max}");
    }
}

/// <summary>A fault that can be injected.</summary>
/// <param name="Name">Its name, as <c>agentctl chaos</c> takes it.</param>
/// <param name="Target">What it is done to.</param>
/// <param name="Does">What it does, in a sentence.</param>
/// <param name="Raises">The alert that tells of it.</param>
/// <param name="Also">Alerts that may fire with it: they tell the same from another side, or of what follows.</param>
/// <param name="Parameters">What can be said about it.</param>
public sealed record FaultKind(
    string Name, FaultTarget Target, string Does, string Raises, IReadOnlyList<string> Also, params IReadOnlyList<FaultParameter> Parameters)
{
    /// <summary>Whether it is done to one worker, or to all.</summary>
    public bool TakesWorker => Target is FaultTarget.Worker or FaultTarget.Model;

    /// <summary>Whether the alert may be of this fault.</summary>
    public bool MayRaise(string alert) => Raises == alert || Also.Contains(alert);
}

/// <summary>Every fault that can be injected on purpose. It is all that tools, services and documents have to know of them.</summary>
public static class FaultCatalog
{
    public const string SlowAgent = "slow-agent";
    public const string FailingAgent = "failing-agent";
    public const string StuckTask = "stuck-task";
    public const string CrashLoop = "crash-loop";
    public const string WorkerDown = "worker-down";
    public const string ClockSkew = "clock-skew";
    public const string MemoryHog = "memory-hog";
    public const string CpuBurner = "cpu-burner";
    public const string DroppedLines = "dropped-lines";
    public const string FullPipe = "full-pipe";
    public const string FullDisk = "full-disk";
    public const string ClaudeErrors = "claude-errors";
    public const string TelemetryAway = "telemetry-away";

    /// <summary>Names of the parameters.</summary>
    public static class Parameters
    {
        public const string Seconds = "seconds";
        public const string Share = "share";
        public const string Every = "every";
        public const string Times = "times";
        public const string Megabytes = "megabytes";
        public const string Threads = "threads";
        public const string FreePercent = "free_percent";
        public const string Error = "error";
    }

    /// <summary>The kinds of errors of the model's API, as its documentation names them, and what it is like when no answer comes.</summary>
    public static IReadOnlyList<string> ModelErrors { get; } =
    [
        "overloaded_error", "rate_limit_error", "api_error", "authentication_error", "permission_error", "not_found_error", "request_too_large",
        "invalid_request_error", "timeout_error",
    ];

    private static readonly string[] Failures = ["TaskFailureRateHigh", "HighRetryRate", "DeadLettersGrowing", "ErrorBudgetBurnHigh"];

    // What follows when nobody is there: tasks wait, attempts are lost, and less than was promised was there.
    private static readonly string[] Absence =
    [
        "TasksStalled", "TaskStuck", "TaskBacklogGrowing", "WorkerReplicaDown", "AvailabilitySLOViolation", "PipeSilent", "HighErrorRate", .. Failures,
    ];

    /// <summary>All faults.</summary>
    public static IReadOnlyList<FaultKind> All { get; } =
    [
        new(SlowAgent, FaultTarget.Worker, "Each attempt takes longer.", "HighTaskLatency", ["DegradedPerformance", "TaskProcessingTimeout", "TaskBacklogGrowing"],
            new FaultParameter(Parameters.Seconds, "35", "Seconds that each attempt takes longer.", 0.1, 3600)),
        new(FailingAgent, FaultTarget.Worker, "Attempts fail, and another one may help.", "HighErrorRate", Failures,
            new FaultParameter(Parameters.Share, "1", "The part of the attempts that fails, from 0 to 1.", 0.01, 1)),
        new(StuckTask, FaultTarget.Worker, "Attempts begin and do not come to an end.", "TasksStalled", ["TaskStuck", "TaskBacklogGrowing", "TooManyActiveTasks"]),
        new(CrashLoop, FaultTarget.Worker, "The worker's process dies (SIGKILL) soon after each start.", "WorkerCrashLooping",
            ["WorkerDown", .. Absence],
            new FaultParameter(Parameters.Every, "3", "Seconds that a process lives.", 0.5, 600),
            new FaultParameter(Parameters.Times, "5", "How often at most, so that whoever starts it again does not give it up.", 1, 5)),
        new(WorkerDown, FaultTarget.Worker, "The worker's processes die (SIGKILL), and are kept from starting.", "WorkerDown",
            Absence),
        new(ClockSkew, FaultTarget.Worker, "The worker's clock is wrong: its heartbeats, status lines and results.", "WatcherHeartbeatMissing", [],
            new FaultParameter(Parameters.Seconds, "-90", "Seconds that are added to it; below zero it is slow.", -86400, 86400)),
        new(MemoryHog, FaultTarget.Worker, "The worker's process takes memory, and uses it.", "ProcessMemoryHigh", [],
            new FaultParameter(Parameters.Megabytes, "1200", "MiB that it takes.", 1, 4096)),
        new(CpuBurner, FaultTarget.Worker, "Threads of the worker's process do nothing, as fast as they can.", "ProcessCPUHigh", ["HighCPUUsage"],
            new FaultParameter(Parameters.Threads, "2", "How many threads.", 1, 16)),
        new(DroppedLines, FaultTarget.Worker, "Status lines are lost on the way, and nobody notices when sending them.", "PipeSilent", []),
        new(FullPipe, FaultTarget.Worker, "The orchestrator stops reading the worker's pipe, which is full.", "NamedPipeErrors", ["PipeSilent"]),
        new(FullDisk, FaultTarget.Disk, "A file on the shared volume takes the room of others.", "DiskSpaceCritical",
            ["DiskSpaceWillRunOut", "HighErrorRate", .. Failures, "HighServerErrorRate", "TaskStuck"],
            new FaultParameter(Parameters.FreePercent, "3", "Percent of the disk that stay free.", 1, 99)),
        new(ClaudeErrors, FaultTarget.Model, "Calls of the model end with an error of its API.", "ClaudeAPIFailures", ["HighErrorRate", .. Failures],
            new FaultParameter(Parameters.Error, ModelErrors[0], "Which error.", Choices: [.. ModelErrors]),
            new FaultParameter(Parameters.Share, "1", "The part of the calls that fails, from 0 to 1.", 0.01, 1)),
        new(TelemetryAway, FaultTarget.Telemetry, "The telemetry store answers nobody.", "TelemetryLost", ["ScrapeFailing", "TelemetryMissing"]),
    ];

    /// <summary>The fault of this name; null when there is none.</summary>
    public static FaultKind? Find(string name) => All.FirstOrDefault(kind => kind.Name == name);
}
