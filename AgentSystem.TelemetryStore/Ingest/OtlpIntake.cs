using AgentSystem.TelemetryStore.Configuration;
using AgentSystem.TelemetryStore.Logs;
using AgentSystem.TelemetryStore.Otlp;
using AgentSystem.TelemetryStore.Storage;
using AgentSystem.TelemetryStore.Telemetry;
using AgentSystem.TelemetryStore.Traces;
using Microsoft.Extensions.Options;
using StatusCode = Grpc.Core.StatusCode;

namespace AgentSystem.TelemetryStore.Ingest;

/// <summary>The signals of OTLP.</summary>
internal enum Signal
{
    Traces,
    Logs,
    Metrics,
}

/// <summary>What became of a request.</summary>
/// <param name="Rejected">How many spans, records or data points were not taken.</param>
/// <param name="Message">Why, or what else is wrong with them; null when all were taken as they are.</param>
internal readonly record struct IntakeResult(long Rejected, string? Message)
{
    /// <summary>The signal's <c>ExportServiceResponse</c>: empty when all were taken. The three have the same field numbers.</summary>
    internal byte[] Response() => Message is null
        ? []
        : new ProtoWriter().Message(1, new ProtoWriter().Varint(1, (ulong)Rejected).Text(2, Message)).ToArray();
}

/// <summary>A request was not taken.</summary>
internal sealed class IntakeException(StatusCode code, string message, TimeSpan? retryAfter = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>gRPC's status.</summary>
    internal StatusCode Code => code;

    /// <summary>When to try again; null when it would not help.</summary>
    internal TimeSpan? RetryAfter => retryAfter;
}

/// <summary>Takes OTLP requests, whichever way they come: answers once what is in them is on disk.</summary>
internal sealed class OtlpIntake(
    TraceStore traces, ILogStore logs, TimeProvider time, StoreInstruments instruments, IOptions<TelemetryStoreOptions> options)
{
    private static readonly TimeSpan RetrySoon = TimeSpan.FromSeconds(1), RetryLater = TimeSpan.FromSeconds(5);

    /// <summary>Longest request in bytes.</summary>
    internal int MaxBytes => options.Value.MaxRequestBytes;

    /// <param name="signal">What it is.</param>
    /// <param name="source">By which way it came.</param>
    /// <param name="request">The request's message.</param>
    /// <param name="isJson">Whether it is in OTLP's JSON form.</param>
    /// <exception cref="IntakeException">It was not taken.</exception>
    internal async Task<IntakeResult> TakeAsync(Signal signal, string source, ReadOnlyMemory<byte> request, bool isJson)
    {
        try
        {
            return signal switch
            {
                Signal.Traces => await TakeTracesAsync(source, isJson ? OtlpJson.Traces(request.Span) : request),
                Signal.Logs => await TakeLogsAsync(source, isJson ? OtlpJson.Logs(request.Span) : request),
                _ => TakeMetrics(source, isJson ? OtlpJson.Metrics(request.Span) : request),
            };
        }
        catch (OtlpFormatException e)
        {
            throw Malformed(signal, source, e.Message, e);
        }
        catch (StoreBusyException e)
        {
            instruments.Rejected(Name(signal), source, "busy");
            throw new IntakeException(StatusCode.ResourceExhausted, e.Message, RetrySoon, e);
        }
        catch (StoreException e)
        {
            instruments.Rejected(Name(signal), source, "failed");
            throw new IntakeException(StatusCode.Unavailable, e.Message, RetryLater, e);
        }
    }

    /// <summary>Counts a request that is too long to be read.</summary>
    internal IntakeException TooLarge(Signal signal, string source)
    {
        instruments.Rejected(Name(signal), source, "too_large");
        return new(StatusCode.ResourceExhausted, $"The request is longer than {MaxBytes:N0} bytes; send smaller batches, or raise TelemetryStore:MaxRequestBytes.");
    }

    /// <summary>Counts a request that is not what it says.</summary>
    internal IntakeException Malformed(Signal signal, string source, string message, Exception? inner = null)
    {
        instruments.Rejected(Name(signal), source, "malformed");
        return new(StatusCode.InvalidArgument, message, inner: inner);
    }

    private async Task<IntakeResult> TakeTracesAsync(string source, ReadOnlyMemory<byte> request)
    {
        var (rows, invalid) = SpanRows.From(OtlpProto.Traces(request));
        if (rows.Count > 0)
            await traces.WriteAsync(rows);
        instruments.Accepted("traces", source, rows.Sum(r => r.Count), request.Length);
        if (invalid == 0)
            return default;
        instruments.Rejected("traces", source, "invalid", invalid);
        return new(invalid, "Spans without a trace id or a span id were left out.");
    }

    private async Task<IntakeResult> TakeLogsAsync(string source, ReadOnlyMemory<byte> request)
    {
        var now = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        var (entries, tooLong, unnamed) = OtlpLogs.Convert(OtlpProto.Logs(request), now);
        await logs.AppendAsync(entries, CancellationToken.None);
        instruments.Accepted("logs", source, entries.Count, request.Length);
        if (tooLong + unnamed == 0)
            return default;
        instruments.Rejected("logs", source, "too_large", tooLong);
        // With no record rejected the message is a warning, as the specification has it.
        return new(tooLong, string.Join(' ', new[]
        {
            tooLong > 0 ? $"Log records whose text is longer than {OtlpLogs.MaxLineBytes:N0} bytes were left out." : "",
            unnamed > 0 ? $"Attributes without a name were left out ({unnamed})." : "",
        }.Where(text => text.Length > 0)));
    }

    private IntakeResult TakeMetrics(string source, ReadOnlyMemory<byte> request)
    {
        instruments.Accepted("metrics", source, OtlpProto.CountDataPoints(request), request.Length);
        return default;
    }

    private static string Name(Signal signal) => signal switch { Signal.Traces => "traces", Signal.Logs => "logs", _ => "metrics" };
}
