using System.Collections.Concurrent;
using AgentSystem.TelemetryStore.Logs;
using AgentSystem.TelemetryStore.Otlp;
using Microsoft.Data.Sqlite;

namespace AgentSystem.TelemetryStore.Storage;

/// <summary>
/// A partition as its readers see it: where it lies, which times are in it, and connections to read with. Safe for concurrent use.
/// </summary>
internal sealed class Partition(string folder, long number, StreamNames names, string suffix = "") : IDisposable
{
    private const string Prefix = "telemetry-", Suffix = ".db";
    private const int IdleReaders = 2;

    private readonly ConcurrentBag<PartitionReader> _idle = [];
    private readonly ConcurrentDictionary<long, IReadOnlyList<Label>> _streams = [];
    private readonly ConcurrentDictionary<long, (Resource Resource, string Service)> _resources = [];
    private volatile bool _disposed;

    /// <summary>Counts up: the newest partition has the highest.</summary>
    internal long Number { get; } = number;

    internal string Path { get; } = System.IO.Path.Combine(folder, $"{Prefix}{number:D8}{Suffix}{suffix}");

    /// <summary>The times of the lines in it.</summary>
    internal TimeBounds Lines { get; } = new();

    /// <summary>The starts of the spans in it.</summary>
    internal TimeBounds Spans { get; } = new();

    /// <summary>When its last write was; what is in it came no later.</summary>
    internal DateTimeOffset LastWrite { get; set; }

    internal static IEnumerable<long> NumbersIn(string folder) => Directory.EnumerateFiles(folder, $"{Prefix}*{Suffix}")
        .Select(path => System.IO.Path.GetFileNameWithoutExtension(path)[Prefix.Length..])
        .Where(text => text.All(char.IsAsciiDigit))
        .Select(text => long.Parse(text, System.Globalization.CultureInfo.InvariantCulture))
        .Order();

    internal PartitionReader Rent() => _idle.TryTake(out var reader) ? reader : new(this, PartitionSchema.OpenReader(Path));

    internal void Return(PartitionReader reader)
    {
        if (_disposed || _idle.Count >= IdleReaders)
            reader.Close();
        else
            _idle.Add(reader);
    }

    internal IReadOnlyList<Label> StreamOf(long id, SqliteConnection connection)
    {
        if (!_streams.TryGetValue(id, out var labels))
            Load(connection, "SELECT id, labels FROM streams", row => _streams.TryAdd(row.GetInt64(0), names.Shared(StreamNames.Read(row.Blob(1)))));
        return labels ?? _streams[id];
    }

    internal (Resource Resource, string Service) ResourceOf(long id, SqliteConnection connection)
    {
        if (!_resources.TryGetValue(id, out var resource))
            LoadResources(connection);
        return resource.Resource is null ? _resources[id] : resource;
    }

    /// <summary>All resources, by number.</summary>
    internal IEnumerable<KeyValuePair<long, (Resource Resource, string Service)>> Resources(SqliteConnection connection)
    {
        if (connection.Number("SELECT count(*) FROM resources") > _resources.Count)
            LoadResources(connection);
        return _resources;
    }

    internal long SizeOnDisk() => Length(Path) + Length(Path + "-wal");

    /// <summary>Deletes it. Who reads it still reads on, for a deleted file lives until it is closed.</summary>
    internal void Delete()
    {
        Dispose();
        foreach (var suffix in (string[])["", "-wal", "-shm"])
            File.Delete(Path + suffix);
    }

    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryTake(out var reader))
            reader.Close();
    }

    private void LoadResources(SqliteConnection connection) => Load(connection, "SELECT id, service, data FROM resources",
        row => _resources.TryAdd(row.GetInt64(0), (OtlpProto.ReadResource(row.Blob(2)), row.GetString(1))));

    private static void Load(SqliteConnection connection, string sql, Action<SqliteDataReader> row)
    {
        using var statement = new Statement(connection, sql, 0);
        using var reader = statement.Read();
        while (reader.Read())
            row(reader);
    }

    private static long Length(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? file.Length : 0;
    }
}

/// <summary>The first and the last of some times, in nanoseconds since 1970-01-01T00:00:00Z. Only ever grows.</summary>
internal sealed class TimeBounds
{
    private long _first = long.MaxValue, _last = long.MinValue;

    internal long First => Interlocked.Read(ref _first);

    internal long Last => Interlocked.Read(ref _last);

    internal bool IsEmpty => First > Last;

    // One thread writes.
    internal void Include(long first, long last)
    {
        Interlocked.Exchange(ref _first, Math.Min(First, first));
        Interlocked.Exchange(ref _last, Math.Max(Last, last));
    }
}
