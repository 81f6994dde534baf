using AgentSystem.ServiceDefaults.Telemetry;

namespace AgentSystem.Workers.Configuration;

/// <summary>Which worker this process is, and which of that worker's processes.</summary>
/// <param name="Worker">The worker's name, the same for all replicas.</param>
/// <param name="Instance">This process: its <c>service.instance.id</c>, in a form that is safe as a file name.</param>
/// <param name="StartedAt">When it started (UTC).</param>
public sealed record WorkerIdentity(string Worker, string Instance, DateTimeOffset StartedAt)
{
    private const int MaxLength = 100;

    /// <summary>Heartbeats, results and traces name the process alike.</summary>
    public static WorkerIdentity From(WorkerOptions options, ServiceIdentity service, TimeProvider time)
    {
        var safe = string.Concat(service.Instance.Take(MaxLength).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-'));
        return new(options.Name, safe.TrimStart('-') is { Length: > 0 } instance ? instance : "worker", time.GetUtcNow());
    }
}
