using System.Collections.Immutable;
using AgentSystem.TelemetryStore.Otlp;
using AgentSystem.TelemetryStore.Traces;

namespace AgentSystem.TelemetryStore.Storage;

/// <summary>
/// Counts which service's spans have their parent in which service, over the traces that lie between two times. Goes through the
/// partitions in the order of the trace ids, so that only one trace is in memory at a time.
/// </summary>
internal sealed class DependencyScan(ImmutableArray<Partition> partitions, long fromNanos, long toNanos)
{
    private readonly Dictionary<(string Parent, string Child), long> _calls = [];
    private readonly Dictionary<UInt128, List<Row>> _sameLowHalf = [];

    internal IReadOnlyList<Dependency> Run(CancellationToken cancellationToken)
    {
        var queue = new PriorityQueue<IEnumerator<Row>, long>();
        var sources = partitions.Where(p => !p.Spans.IsEmpty && p.Spans.Last > fromNanos && p.Spans.First < toNanos).Select(p => Rows(p).GetEnumerator()).ToList();
        try
        {
            foreach (var source in sources)
                if (source.MoveNext())
                    queue.Enqueue(source, source.Current.Low);
            long? low = null;
            while (queue.TryDequeue(out var source, out _))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (low != source.Current.Low)
                    CountTraces();
                low = source.Current.Low;
                if (!_sameLowHalf.TryGetValue(source.Current.Trace, out var rows))
                    _sameLowHalf[source.Current.Trace] = rows = [];
                rows.Add(source.Current);
                if (source.MoveNext())
                    queue.Enqueue(source, source.Current.Low);
            }
            CountTraces();
        }
        finally
        {
            foreach (var source in sources)
                source.Dispose();
        }
        return [.. _calls.Select(c => new Dependency(c.Key.Parent, c.Key.Child, c.Value)).OrderBy(d => d.Parent, StringComparer.Ordinal).ThenBy(d => d.Child, StringComparer.Ordinal)];
    }

    private static IEnumerable<Row> Rows(Partition partition)
    {
        using var reader = partition.Rent();
        using var statement = new Statement(reader.Connection, "SELECT trace_high, trace_low, resource, first, ended, data FROM spans ORDER BY trace_low", 0);
        using var row = statement.Read();
        while (row.Read())
        {
            var service = partition.ResourceOf(row.GetInt64(2), reader.Connection).Service;
            yield return new(row.GetInt64(1), new((ulong)row.GetInt64(0), (ulong)row.GetInt64(1)), service, row.GetInt64(3), row.GetInt64(4), row.Blob(5));
        }
    }

    private void CountTraces()
    {
        foreach (var rows in _sameLowHalf.Values)
            if (rows.Min(r => r.First) > fromNanos && rows.Max(r => r.Ended) < toNanos)
                Count(rows);
        _sameLowHalf.Clear();
    }

    private void Count(List<Row> rows)
    {
        var services = new Dictionary<ulong, string>();
        var calls = new List<(ulong Parent, string Child)>();
        foreach (var row in rows)
        {
            var input = new BlobReader(row.Data);
            foreach (var (span, parent) in SpanOutline.Of(Packed.Read(ref input).Span))
            {
                services.TryAdd(span, row.Service);
                if (parent != 0)
                    calls.Add((parent, row.Service));
            }
        }
        foreach (var (parent, child) in calls)
            if (services.TryGetValue(parent, out var caller))
                _calls[(caller, child)] = _calls.GetValueOrDefault((caller, child)) + 1;
    }

    private sealed record Row(long Low, UInt128 Trace, string Service, long First, long Ended, byte[] Data);
}
