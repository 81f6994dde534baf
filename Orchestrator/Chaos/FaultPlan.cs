using System.Text.Json;
using AgentSystem.Orchestrator.Configuration;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using Microsoft.Extensions.Options;

namespace AgentSystem.Orchestrator.Chaos;

/// <summary>Why a fault is not injected.</summary>
/// <param name="status">The HTTP status that says so.</param>
/// <param name="title">What is wrong.</param>
/// <param name="detail">What to do.</param>
internal sealed class FaultRefusedException(int status, string title, string detail) : Exception(title)
{
    internal int Status => status;

    internal string Detail => detail;
}

/// <summary>A fault that somebody asked for and that may be.</summary>
internal sealed record FaultPlan(
    FaultKind Kind, string? Worker, IReadOnlyDictionary<string, string> Parameters, TimeSpan Duration, TimeSpan? Lease, string By);

/// <summary>Judges what is asked for.</summary>
internal sealed class FaultPlanner(WorkerCatalog workers, IOptions<ChaosOptions> options)
{
    private const int MaxName = 100;
    private const double DefaultSeconds = 60, ShortestLease = 1;

    /// <exception cref="FaultRefusedException">It may not be.</exception>
    internal FaultPlan Read(FaultRequest request)
    {
        NeedEnabled();
        var kind = FaultCatalog.Find(request.Fault ?? "")
            ?? throw Bad("fault", $"must be one of {string.Join(", ", FaultCatalog.All.Select(known => known.Name))}");
        if (kind.Target == FaultTarget.Telemetry && !options.Value.HasTelemetryStore)
            throw new FaultRefusedException(
                StatusCodes.Status422UnprocessableEntity, "The telemetry backend is not ours to take away.",
                "Traces and logs go to programs of somebody else here, or nowhere. Stop those by themselves, such as with 'docker compose stop jaeger'.");
        if (request.Worker is { } worker && !kind.TakesWorker)
            throw Bad("worker", $"must be absent: {kind.Name} is not done to a worker");
        if (request.Worker is { } name && !workers.Knows(name))
            throw Bad("worker", $"must be one of {string.Join(", ", workers.Names)}");
        return new(kind, request.Worker, Parameters(kind, request.Parameters ?? new Dictionary<string, JsonElement>()), Duration(request), Lease(request), By(request.By));
    }

    /// <exception cref="FaultRefusedException">No fault may be injected here.</exception>
    internal void NeedEnabled()
    {
        if (!options.Value.Enabled)
            throw new FaultRefusedException(
                StatusCodes.Status403Forbidden, "Faults may not be injected into this system.",
                "Whoever runs it has to allow it: start it with Chaos__Enabled=true ./start.sh (docs/chaos.md).");
    }

    /// <summary>Who does it, as far as that is said.</summary>
    internal static string By(string? by) => string.IsNullOrWhiteSpace(by) ? "somebody with the API key"
        : by.Length <= MaxName && !by.Any(char.IsControl) ? by.Trim()
        : throw Bad("by", $"must be at most {MaxName} characters, without control characters");

    private TimeSpan Duration(FaultRequest request)
    {
        var (seconds, most) = (request.ForSeconds ?? DefaultSeconds, options.Value.MaxDuration);
        return seconds > 0 && seconds <= most.TotalSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw Bad("for_seconds", $"must be above 0 and at most {most.TotalSeconds:0} (Chaos:MaxDuration)");
    }

    private static TimeSpan? Lease(FaultRequest request) =>
        request.LeaseSeconds is not { } seconds ? null
        : seconds is >= ShortestLease and <= 3600 ? TimeSpan.FromSeconds(seconds)
        : throw Bad("lease_seconds", $"must lie between {ShortestLease} and 3600");

    private static Dictionary<string, string> Parameters(FaultKind kind, IReadOnlyDictionary<string, JsonElement> given)
    {
        if (given.Keys.FirstOrDefault(name => kind.Parameters.All(known => known.Name != name)) is { } unknown)
            throw Bad($"parameters.{unknown}", kind.Parameters.Count == 0
                ? $"is no parameter: {kind.Name} has none"
                : $"is no parameter: {kind.Name} has {string.Join(", ", kind.Parameters.Select(known => known.Name))}");
        var values = new Dictionary<string, string>();
        foreach (var parameter in kind.Parameters)
        {
            var value = given.TryGetValue(parameter.Name, out var told)
                ? told.ValueKind == JsonValueKind.String ? told.GetString()! : told.GetRawText()
                : parameter.Default;
            values[parameter.Name] = parameter.Judge(value) is { } error ? throw Bad($"parameters.{parameter.Name}", error) : value;
        }
        return values;
    }

    private static FaultRefusedException Bad(string field, string rule) =>
        new(StatusCodes.Status400BadRequest, "No fault was injected, because something is wrong with the request.", $"{field} {rule}.");
}
