using AgentSystem.Protocol;
using Serilog.Core;
using Serilog.Events;

namespace AgentSystem.ServiceDefaults.Telemetry;

/// <summary>
/// Gives every line that belongs to a trace a <c>correlation_id</c>. Within a task that is the id of the task's first trace, which the
/// log scope has set already and which stays the same over retries; elsewhere it is the current trace's id.
/// </summary>
internal sealed class CorrelationIdEnricher : ILogEventEnricher
{
    /// <inheritdoc/>
    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        if (logEvent.TraceId is { } traceId)
            logEvent.AddPropertyIfAbsent(propertyFactory.CreateProperty(TelemetryNames.Logs.CorrelationId, traceId.ToHexString()));
    }
}
