using System.Globalization;
using System.Text;
using AgentSystem.TelemetryStore.LogQl.Evaluation;
using AgentSystem.TelemetryStore.Logs;
using Microsoft.Extensions.Options;

namespace AgentSystem.TelemetryStore.Loki;

/// <summary>What Loki's distributor asks of the lines that it takes, with its default limits and its words (pkg/distributor/validator.go).</summary>
internal sealed class EntryRules(IOptions<LokiOptions> options, TimeProvider time)
{
    private const string ServiceName = "service_name";
    private const int MaxLabels = 15, MaxNameLength = 1024, MaxValueLength = 2048, MaxMetadataBytes = 64 << 10, MaxMetadataCount = 128;

    /// <summary>The lines that may be kept, and what is wrong with the others: once for a stream, else line by line.</summary>
    internal (List<LogEntry> Good, List<string> Errors) Check(IEnumerable<LogEntry> entries)
    {
        var (good, errors) = (new List<LogEntry>(), new List<string>());
        var now = time.GetUtcNow();
        var refused = new Dictionary<IReadOnlyList<Label>, bool>(ReferenceEqualityComparer.Instance);
        foreach (var entry in entries)
        {
            if (!refused.TryGetValue(entry.Stream, out var isRefused))
            {
                var fault = FaultOf(entry.Stream);
                refused[entry.Stream] = isRefused = fault is not null;
                if (fault is not null)
                    errors.Add(fault);
            }
            if (isRefused)
                continue;
            if (FaultOf(entry, now) is { } error)
                errors.Add(error);
            else
                good.Add(entry);
        }
        return (good, errors);
    }

    /// <summary>Many errors as one text: the same ones are counted.</summary>
    internal static string Summarize(List<string> errors)
    {
        var kinds = errors.GroupBy(e => e).ToArray();
        return string.Join("; ", kinds.Select(k => kinds.Length > 1 || k.Count() > 1 ? $"{k.Count()} errors like: {k.Key}" : k.Key));
    }

    private static string? FaultOf(IReadOnlyList<Label> stream)
    {
        // The name of the service is often Loki's own addition.
        var count = stream.Count - (stream.Any(l => l.Name == ServiceName) ? 1 : 0);
        if (count > MaxLabels)
            return $"entry for stream '{Text(stream)}' has {count} label names; limit {MaxLabels}";
        for (var i = 0; i < stream.Count; i++)
        {
            var (name, value) = stream[i];
            if (Encoding.UTF8.GetByteCount(name) > MaxNameLength)
                return $"stream '{Text(stream)}' has label name too long: '{name}'";
            if (Encoding.UTF8.GetByteCount(value) > MaxValueLength)
                return $"stream '{Text(stream)}' has label value too long: '{value}'";
            if (i > 0 && name == stream[i - 1].Name)
                return $"stream '{Text(stream)}' has duplicate label name: '{name}'";
        }
        return null;
    }

    private string? FaultOf(LogEntry entry, DateTimeOffset now)
    {
        var oldest = RequestParameters.Nanos(now - options.Value.RejectOlderThan);
        if (entry.TimestampNanos < oldest)
            return $"entry for stream '{Text(entry.Stream)}' has timestamp too old: {Time(entry.TimestampNanos)}, oldest acceptable timestamp is: {Time(oldest)}";
        if (entry.TimestampNanos > RequestParameters.Nanos(now + options.Value.CreationGracePeriod))
            return $"entry for stream '{Text(entry.Stream)}' has timestamp too new: {Time(entry.TimestampNanos)}";
        var longest = options.Value.MaxLineBytes;
        if (entry.Line.Length > longest / 3 && Encoding.UTF8.GetByteCount(entry.Line) is var length && length > longest)
            return $"max entry size '{longest}' bytes exceeded for stream '{Text(entry.Stream)}' while adding an entry with length '{length}' bytes";
        return FaultOfMetadata(entry);
    }

    private static string? FaultOfMetadata(LogEntry entry)
    {
        var (count, bytes) = (0, 0);
        foreach (var (name, value) in entry.Metadata)
        {
            // Loki finds the level only after it has looked at the limits.
            if (name == DetectedLevel.Name)
                continue;
            count++;
            bytes += Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(value);
        }
        if (bytes > MaxMetadataBytes)
            return $"stream '{Text(entry.Stream)}' has structured metadata too large: '{bytes}' bytes, limit: '{MaxMetadataBytes}' bytes. Please see "
                + "`limits_config.max_structured_metadata_size` or contact your Loki administrator to increase it";
        return count > MaxMetadataCount
            ? $"stream '{Text(entry.Stream)}' has too many structured metadata labels: '{count}', limit: '{MaxMetadataCount}'. Please see "
                + "`limits_config.max_structured_metadata_entries_count` or contact your Loki administrator to increase it"
            : null;
    }

    private static string Text(IReadOnlyList<Label> stream) => new LabelSet(stream).ToString();

    private static string Time(long nanos) =>
        DateTimeOffset.UnixEpoch.AddTicks(nanos / 100).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
