using System.Globalization;
using AgentSystem.Protocol;

namespace AgentSystem.Workers.Configuration;

/// <summary>Which worker this process is, and which of that worker's processes.</summary>
/// <param name="Worker">The worker's name, the same for all replicas.</param>
/// <param name="Instance">This process; safe as a file name.</param>
/// <param name="StartedAt">When it started (UTC).</param>
public sealed record WorkerIdentity(string Worker, string Instance, DateTimeOffset StartedAt)
{
    /// <summary>
    /// Takes the <c>service.instance.id</c> that telemetry carries, so that a heartbeat and a trace name the process alike;
    /// makes up one when there is none.
    /// </summary>
    public static WorkerIdentity Create(string worker, string? resourceAttributes, TimeProvider time)
    {
        const string Key = "service.instance.id=";
        var instance = (resourceAttributes ?? "").Split(',', StringSplitOptions.TrimEntries)
            .FirstOrDefault(a => a.StartsWith(Key, StringComparison.Ordinal))?[Key.Length..];
        if (!TaskId.IsValid(instance))
            instance = string.Create(CultureInfo.InvariantCulture, $"{worker}-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..6]}");
        return new(worker, instance!, time.GetUtcNow());
    }
}
