using AgentSystem.TelemetryStore.Logs;
using AgentSystem.TelemetryStore.Traces;
using Microsoft.Data.Sqlite;

namespace AgentSystem.TelemetryStore.Storage;

/// <summary>The only one who writes a partition. Used by one thread, within <see cref="Begin"/> and <see cref="Commit"/>.</summary>
internal sealed class PartitionWriter : IDisposable
{
    // Rows that are merged at the latest, however few lines they have: each is a read of its own for a query.
    private const int MaxOpenRows = 64;

    private readonly SqliteConnection _connection;
    private readonly Statement _begin, _commit, _rollback, _pages;
    private readonly Statement _addStream, _addLines, _openLines, _deleteLines, _addResource, _addOperation, _addSpans, _addTerms, _saveTail, _dropTail;
    private readonly Dictionary<IReadOnlyList<Label>, StreamState> _streams = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<ReadOnlyMemory<byte>, long> _resources = new(BytesComparer.Instance);
    private readonly HashSet<(string Service, Operation Operation)> _operations = [];
    private readonly HashSet<StreamState> _touched = [];
    private readonly StreamNames _names;

    internal PartitionWriter(Partition partition, StreamNames names)
    {
        Partition = partition;
        _names = names;
        _connection = PartitionSchema.OpenWriter(partition.Path);
        _begin = new(_connection, "BEGIN IMMEDIATE", 0);
        _commit = new(_connection, "COMMIT", 0);
        _rollback = new(_connection, "ROLLBACK", 0);
        _pages = new(_connection, "PRAGMA page_count", 0);
        _addStream = new(_connection, "INSERT INTO streams (labels) VALUES (?1)", 1);
        _addLines = new(_connection, "INSERT INTO lines (stream, first, last, count, open, signature, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", 7);
        _openLines = new(_connection, "SELECT data FROM lines WHERE stream = ?1 AND open = 1 ORDER BY id", 1);
        _deleteLines = new(_connection, "DELETE FROM lines WHERE stream = ?1 AND open = 1", 1);
        _addResource = new(_connection, "INSERT INTO resources (service, data) VALUES (?1, ?2)", 2);
        _addOperation = new(_connection, "INSERT OR IGNORE INTO operations (service, name, kind) VALUES (?1, ?2, ?3)", 3);
        _addSpans = new(_connection, "INSERT INTO spans (trace_high, trace_low, resource, first, last, ended, count, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", 8);
        _addTerms = new(_connection, "INSERT INTO span_terms (rowid, terms) VALUES (?1, ?2)", 2);
        _saveTail = new(_connection, "INSERT OR REPLACE INTO tails (path, position, fingerprint) VALUES (?1, ?2, ?3)", 3);
        _dropTail = new(_connection, "DELETE FROM tails WHERE path = ?1", 1);
        Undecided = new(_connection);
        Load();
    }

    internal Partition Partition { get; }

    /// <summary>Spans of traces that tail sampling has not decided about.</summary>
    internal UndecidedSpans Undecided { get; }

    internal long SizeBytes
    {
        get
        {
            using var row = _pages.Read();
            return row.Read() ? row.GetInt64(0) * 4096 : 0;
        }
    }

    internal void Begin() => _begin.Run();

    internal void Commit()
    {
        foreach (var stream in _touched)
            if (stream.OpenLines >= LineBatch.FullLines || stream.OpenRows >= MaxOpenRows)
                Merge(stream, close: false);
        _touched.Clear();
        _commit.Run();
    }

    /// <summary>Takes back all since <see cref="Begin"/>, here and in what is remembered of the file.</summary>
    internal void Rollback()
    {
        _touched.Clear();
        if (!_connection.AutoCommit())
            _rollback.Run();
        Load();
    }

    internal void Add(LineRow row)
    {
        var stream = StateOf(row.Stream);
        _addLines.Run(stream.Id, row.First, row.Last, row.Count, row.Signature is null ? 1 : 0, row.Signature, row.Data);
        if (row.Signature is null)
        {
            stream.OpenRows++;
            stream.OpenLines += row.Count;
            _touched.Add(stream);
        }
        Partition.Lines.Include(row.First, row.Last);
    }

    internal void Add(SpanRow row, byte[] packed)
    {
        if (!_resources.TryGetValue(row.Resource, out var resource))
        {
            resource = Insert(_addResource, row.Service, row.Resource.ToArray());
            _resources[row.Resource.ToArray()] = resource;
        }
        foreach (var operation in row.Operations)
            if (_operations.Add((row.Service, operation)))
                _addOperation.Run(row.Service, operation.Name, (int)operation.Kind);
        var id = Insert(_addSpans, (long)(ulong)(row.TraceId >> 64), (long)(ulong)row.TraceId, resource, row.FirstStart, row.LastStart, row.LastEnd, row.Count, packed);
        _addTerms.Run(id, $"{row.Terms} {SpanTerms.Resource(resource)}");
        Partition.Spans.Include(row.FirstStart, row.LastStart);
    }

    internal void Save(TailPosition tail) => _saveTail.Run(tail.Path, tail.Position, tail.Fingerprint);

    internal void Drop(string tail) => _dropTail.Run(tail);

    internal List<TailPosition> Tails()
    {
        var tails = new List<TailPosition>();
        using var statement = new Statement(_connection, "SELECT path, position, fingerprint FROM tails", 0);
        using var row = statement.Read();
        while (row.Read())
            tails.Add(new(row.GetString(0), row.GetInt64(1), row.Blob(2)));
        return tails;
    }

    /// <summary>Merges what is still in small rows, for nothing will come to it any more.</summary>
    internal void Seal()
    {
        Begin();
        foreach (var stream in _streams.Values)
            if (stream.OpenRows > 0)
                Merge(stream, close: true);
        _commit.Run();
        _connection.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private void Merge(StreamState stream, bool close)
    {
        var lines = new List<LogEntry>(stream.OpenLines);
        using (var row = _openLines.Read(stream.Id))
        {
            while (row.Read())
            {
                using var chunk = new LineChunk(new MemoryStream(row.Blob(0)), stream.Labels);
                for (var i = 0; i < chunk.Count; i++)
                    lines.Add(chunk.Entry(i));
            }
        }
        _deleteLines.Run(stream.Id);
        (stream.OpenRows, stream.OpenLines) = (0, 0);
        var rows = new List<LineRow>();
        LineBatch.AddRows(rows, stream.Labels, lines, close);
        foreach (var row in rows)
        {
            _addLines.Run(stream.Id, row.First, row.Last, row.Count, row.Signature is null ? 1 : 0, row.Signature, row.Data);
            if (row.Signature is null)
                (stream.OpenRows, stream.OpenLines) = (1, row.Count);
        }
    }

    private StreamState StateOf(IReadOnlyList<Label> labels)
    {
        if (_streams.TryGetValue(labels, out var state))
            return state;
        return _streams[labels] = new(Insert(_addStream, StreamNames.Write(labels)), labels);
    }

    private long Insert(Statement statement, params ReadOnlySpan<object?> values)
    {
        statement.Run(values);
        return _connection.LastRowId();
    }

    private void Load()
    {
        _streams.Clear();
        _resources.Clear();
        _operations.Clear();
        var byId = new Dictionary<long, StreamState>();
        Each("SELECT id, labels FROM streams", row =>
        {
            var labels = _names.Shared(StreamNames.Read(row.Blob(1)));
            byId[row.GetInt64(0)] = _streams[labels] = new(row.GetInt64(0), labels);
        });
        Each("SELECT stream, count(*), sum(count) FROM lines WHERE open = 1 GROUP BY stream", row =>
        {
            byId[row.GetInt64(0)].OpenRows = row.GetInt32(1);
            byId[row.GetInt64(0)].OpenLines = row.GetInt32(2);
        });
        Each("SELECT id, data FROM resources", row => _resources[row.Blob(1)] = row.GetInt64(0));
        Each("SELECT service, name, kind FROM operations", row => _operations.Add((row.GetString(0), new(row.GetString(1), (Otlp.SpanKind)row.GetInt32(2)))));
    }

    private void Each(string sql, Action<SqliteDataReader> read)
    {
        using var statement = new Statement(_connection, sql, 0);
        using var row = statement.Read();
        while (row.Read())
            read(row);
    }

    public void Dispose()
    {
        foreach (var statement in (Statement[])[_begin, _commit, _rollback, _pages, _addStream, _addLines, _openLines, _deleteLines, _addResource,
            _addOperation, _addSpans, _addTerms, _saveTail, _dropTail])
            statement.Dispose();
        Undecided.Dispose();
        _connection.Dispose();
    }

    private sealed class StreamState(long id, IReadOnlyList<Label> labels)
    {
        internal long Id { get; } = id;

        internal IReadOnlyList<Label> Labels { get; } = labels;

        internal int OpenRows { get; set; }

        internal int OpenLines { get; set; }
    }

    private sealed class BytesComparer : IEqualityComparer<ReadOnlyMemory<byte>>
    {
        internal static readonly BytesComparer Instance = new();

        public bool Equals(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceEqual(y.Span);

        public int GetHashCode(ReadOnlyMemory<byte> bytes)
        {
            var hash = new HashCode();
            hash.AddBytes(bytes.Span);
            return hash.ToHashCode();
        }
    }
}

/// <summary>How far a log file has been read.</summary>
/// <param name="Path">Its name within the folder.</param>
/// <param name="Position">Bytes that have been stored.</param>
/// <param name="Fingerprint">A hash of its beginning, by which it is known under another name.</param>
internal sealed record TailPosition(string Path, long Position, byte[] Fingerprint);
