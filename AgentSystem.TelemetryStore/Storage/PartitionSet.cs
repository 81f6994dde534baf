using System.Collections.Immutable;
using AgentSystem.TelemetryStore.Configuration;
using Microsoft.Data.Sqlite;

namespace AgentSystem.TelemetryStore.Storage;

/// <summary>
/// The folder's partitions, the newest last. Telemetry is put in by the time it arrives, so only the newest one is written. Those who
/// read take the list as it is at that moment.
/// </summary>
internal sealed partial class PartitionSet : IDisposable
{
    // Retention deletes whole files: this many of them make up what is kept.
    private const int Shares = 16;
    private const long MaxPartitionBytes = 512L << 20, MinPartitionBytes = 256L << 10;
    private const string Unfinished = ".new";

    // How .NET says that somebody else has a file locked: on Windows, Linux and macOS.
    private const int SharingViolation = unchecked((int)0x80070020), LinuxWouldBlock = 11, MacWouldBlock = 35;

    private readonly TelemetryStoreOptions _options;
    private readonly ILogger _logger;
    private readonly FileStream _lock;
    private ImmutableArray<Partition> _partitions = [];

    internal PartitionSet(TelemetryStoreOptions options, ILogger logger)
    {
        (_options, _logger) = (options, logger);
        Folder = Path.GetFullPath(options.Folder);
        _lock = Lock(Folder);
        try
        {
            foreach (var file in Directory.EnumerateFiles(Folder, "*" + Unfinished + "*"))
                File.Delete(file);
            foreach (var number in Partition.NumbersIn(Folder))
                OpenOrSetAside(number);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal string Folder { get; }

    internal StreamNames Names { get; } = new();

    internal ImmutableArray<Partition> All => _partitions;

    /// <summary>From this size on a new partition is begun.</summary>
    internal long FullBytes => Math.Clamp(_options.RetentionBytes / Shares, MinPartitionBytes, MaxPartitionBytes);

    /// <summary>From this age on a new partition is begun.</summary>
    internal TimeSpan FullAge => _options.RetentionAge / Shares;

    /// <summary>Opens the newest partition to write on, or begins the first.</summary>
    internal PartitionWriter Continue() => _partitions.IsEmpty ? Begin(null) : new(_partitions[^1], Names);

    /// <summary>
    /// Begins the next partition, with what has to go along from <paramref name="last"/>: how far files are read, and undecided spans.
    /// It gets its name once it is complete, so that a crash leaves either the old state or the new one.
    /// </summary>
    internal PartitionWriter Begin(PartitionWriter? last)
    {
        var partition = new Partition(Folder, _partitions.IsEmpty ? 1 : _partitions[^1].Number + 1, Names);
        var draft = new Partition(Folder, partition.Number, Names, Unfinished);
        using (var writer = new PartitionWriter(draft, Names))
        {
            writer.Begin();
            foreach (var tail in last?.Tails() ?? [])
                writer.Save(tail);
            foreach (var row in last?.Undecided.All() ?? [])
                writer.Undecided.Add(row);
            writer.Commit();
            writer.Seal();
        }
        File.Move(draft.Path, partition.Path);
        var next = new PartitionWriter(partition, Names);
        _partitions = _partitions.Add(partition);
        return next;
    }

    /// <summary>Deletes what is too old or too much, and never the newest partition.</summary>
    /// <returns>How many files.</returns>
    internal int Expire(DateTimeOffset now)
    {
        var deleted = 0;
        while (_partitions.Length > 1 && IsExpired(_partitions[0], now))
        {
            var oldest = _partitions[0];
            _partitions = _partitions.RemoveAt(0);
            oldest.Delete();
            LogExpired(oldest.Path);
            deleted++;
        }
        return deleted;
    }

    internal long SizeOnDisk() => _partitions.Sum(p => p.SizeOnDisk());

    /// <summary>The oldest record's time in nanoseconds since 1970-01-01T00:00:00Z; null when there is none.</summary>
    internal long? Oldest()
    {
        var oldest = _partitions.Select(p => Math.Min(p.Lines.First, p.Spans.First)).DefaultIfEmpty(long.MaxValue).Min();
        return oldest == long.MaxValue ? null : oldest;
    }

    public void Dispose()
    {
        foreach (var partition in _partitions)
            partition.Dispose();
        _lock.Dispose();
    }

    // Records from the future must not keep a file for ever: nothing in it is younger than its last write.
    private bool IsExpired(Partition partition, DateTimeOffset now)
    {
        if (SizeOnDisk() > _options.RetentionBytes)
            return true;
        var newest = Math.Max(partition.Lines.Last, partition.Spans.Last);
        var limit = now - _options.RetentionAge;
        return partition.LastWrite < limit || newest < UnixNanos(limit);
    }

    private static long UnixNanos(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks * 100;

    private void OpenOrSetAside(long number)
    {
        var partition = new Partition(Folder, number, Names);
        try
        {
            partition.LastWrite = File.GetLastWriteTimeUtc(File.Exists(partition.Path + "-wal") ? partition.Path + "-wal" : partition.Path);
            using var reader = partition.Rent();
            reader.MeasureBounds();
            _partitions = _partitions.Add(partition);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is SqliteErrors.Corrupt or SqliteErrors.NotADatabase)
        {
            partition.Dispose();
            File.Move(partition.Path, partition.Path + ".damaged", overwrite: true);
            LogDamaged(partition.Path, e);
        }
    }

    private static FileStream Lock(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return new FileStream(Path.Combine(folder, "store.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StoreException($"The folder {folder} cannot be written. Change its owner, or set TelemetryStore__Folder.", e);
        }
        catch (IOException e) when (e.HResult is SharingViolation or LinuxWouldBlock or MacWouldBlock)
        {
            throw new StoreException($"Another telemetry store uses the folder {folder}. Stop it first, or give this one a folder of its own with TelemetryStore__Folder.", e);
        }
        catch (IOException e)
        {
            throw new StoreException($"The folder {folder} cannot be used: {e.Message} Set TelemetryStore__Folder to one that can.", e);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Retention deleted {Path}")]
    private partial void LogExpired(string path);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path} is damaged and was set aside as .damaged; what is in it cannot be queried")]
    private partial void LogDamaged(string path, Exception error);
}

internal static class SqliteErrors
{
    internal const int Corrupt = 11, NotADatabase = 26;
}
