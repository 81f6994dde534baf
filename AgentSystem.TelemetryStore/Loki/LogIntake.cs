using AgentSystem.TelemetryStore.Logs;
using AgentSystem.TelemetryStore.Otlp;
using AgentSystem.TelemetryStore.Storage;
using AgentSystem.TelemetryStore.Telemetry;

namespace AgentSystem.TelemetryStore.Loki;

/// <summary>Stores the lines that come by one of Loki's endpoints, as far as Loki would, and counts them.</summary>
internal sealed class LogIntake(ILogStore store, EntryRules rules, StoreInstruments instruments)
{
    private const string Logs = "logs";

    /// <summary>Reads a request and keeps what is good in it.</summary>
    /// <param name="source">One of <see cref="Sources"/>.</param>
    /// <param name="read">Reads the lines, and how many bytes they were.</param>
    /// <param name="cancellationToken">Whoever sent it is gone.</param>
    /// <returns>What is wrong with the lines that were not kept.</returns>
    internal async Task<List<string>> TakeAsync(string source, Func<Task<(IReadOnlyList<LogEntry> Entries, long Bytes)>> read, CancellationToken cancellationToken)
    {
        try
        {
            var (entries, bytes) = await read();
            var (good, errors) = rules.Check(entries);
            if (good.Count > 0)
                await store.AppendAsync(good, cancellationToken);
            instruments.Accepted(Logs, source, good.Count, bytes);
            instruments.Rejected(Logs, source, "invalid", entries.Count - good.Count);
            return errors;
        }
        catch (Exception e) when (ReasonOf(e) is { } reason)
        {
            instruments.Rejected(Logs, source, reason);
            throw;
        }
    }

    private static string? ReasonOf(Exception error) => error switch
    {
        LokiException { StatusCode: StatusCodes.Status413PayloadTooLarge } => "too_large",
        LokiException or OtlpFormatException or BadHttpRequestException => "malformed",
        StoreBusyException => "busy",
        StoreException => "failed",
        _ => null,
    };
}
