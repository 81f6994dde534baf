using AgentSystem.TelemetryStore.Logs;
using AgentSystem.TelemetryStore.Otlp;
using Microsoft.Data.Sqlite;

namespace AgentSystem.TelemetryStore.Storage;

/// <summary>Where a chunk of lines lies, and what is known of it without reading it.</summary>
internal readonly record struct ChunkPlace(long Id, IReadOnlyList<Label> Stream, long First, long Last);

/// <summary>A row of spans as it is stored.</summary>
internal sealed record StoredSpans(long Id, UInt128 TraceId, long Resource, byte[] Data);

/// <summary>A connection that reads a partition. For one reader at a time; dispose it to give it back.</summary>
internal sealed class PartitionReader : IDisposable
{
    private readonly Statement _chunks, _trace;
    private bool _inTransaction;

    internal PartitionReader(Partition partition, SqliteConnection connection)
    {
        Partition = partition;
        Connection = connection;
        _chunks = new(connection, "SELECT id, stream, first, last, signature FROM lines WHERE last >= ?1 AND first < ?2", 2);
        _trace = new(connection, "SELECT id, resource, data FROM spans WHERE trace_low = ?1 AND trace_high = ?2 ORDER BY id", 2);
    }

    internal Partition Partition { get; }

    internal SqliteConnection Connection { get; }

    /// <summary>From here to <see cref="Dispose"/> all that is read belongs to one moment.</summary>
    internal void Freeze()
    {
        Connection.Execute("BEGIN");
        _inTransaction = true;
    }

    /// <summary>The chunks that may have lines of these streams, at these times, with all of these texts; in the order in which they were stored.</summary>
    internal List<ChunkPlace> Chunks(Func<IReadOnlyList<Label>, bool> streams, long fromNanos, long toNanos, IReadOnlyList<byte[]> texts)
    {
        var places = new List<ChunkPlace>();
        var wanted = new Dictionary<long, IReadOnlyList<Label>?>();
        using var row = _chunks.Read(fromNanos, toNanos);
        while (row.Read())
        {
            var stream = row.GetInt64(1);
            if (!wanted.TryGetValue(stream, out var labels))
                wanted[stream] = labels = Partition.StreamOf(stream, Connection) is var known && streams(known) ? known : null;
            if (labels is null)
                continue;
            if (texts.Count > 0 && !row.IsDBNull(4) && !TextSignature.MayContain(row.Span(4), texts))
                continue;
            places.Add(new(row.GetInt64(0), labels, row.GetInt64(2), row.GetInt64(3)));
        }
        return places;
    }

    internal LineChunk Chunk(ChunkPlace place) => new(new SqliteBlob(Connection, "lines", "data", place.Id, readOnly: true), place.Stream);

    internal List<StoredSpans> Trace(UInt128 id)
    {
        var rows = new List<StoredSpans>();
        using var row = _trace.Read((long)(ulong)id, (long)(ulong)(id >> 64));
        while (row.Read())
            rows.Add(new(row.GetInt64(0), id, row.GetInt64(1), row.Blob(2)));
        return rows;
    }

    internal ResourceGroup<Span> Read(StoredSpans spans)
    {
        var input = new BlobReader(spans.Data);
        return new(Partition.ResourceOf(spans.Resource, Connection).Resource, OtlpProto.ScopeSpans(Packed.Read(ref input)));
    }

    /// <summary>Finds out which times are in the partition.</summary>
    internal void MeasureBounds()
    {
        foreach (var (table, bounds) in ((string, TimeBounds)[])[("lines", Partition.Lines), ("spans", Partition.Spans)])
        {
            using var statement = new Statement(Connection, $"SELECT min(first), max(last) FROM {table}", 0);
            using var row = statement.Read();
            if (row.Read() && !row.IsDBNull(0))
                bounds.Include(row.GetInt64(0), row.GetInt64(1));
        }
    }

    public void Dispose()
    {
        if (_inTransaction)
            Connection.Execute("COMMIT");
        _inTransaction = false;
        Partition.Return(this);
    }

    internal void Close()
    {
        _chunks.Dispose();
        _trace.Dispose();
        Connection.Dispose();
    }
}
