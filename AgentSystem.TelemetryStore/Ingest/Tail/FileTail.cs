using AgentSystem.Protocol;
using AgentSystem.TelemetryStore.Configuration;
using AgentSystem.TelemetryStore.Logs;
using AgentSystem.TelemetryStore.Storage;
using AgentSystem.TelemetryStore.Telemetry;
using Microsoft.Extensions.Options;

namespace AgentSystem.TelemetryStore.Ingest.Tail;

/// <summary>
/// Follows <c>logs/*.jsonl</c> on the shared volume, for agents that speak no OTLP. How far a file is read is committed together with its
/// lines, so that none is lost or stored twice, whenever we stop. Files are looked at again and again: mounts have no events to rely on.
/// </summary>
internal sealed partial class FileTail(
    LogStore logs, StoreWriter writer, IOptions<TelemetryStoreOptions> options, TimeProvider time, StoreInstruments instruments, ILogger<FileTail> logger)
    : BackgroundService
{
    private const string Extension = ".jsonl";
    private const int BatchBytes = 1 << 20;

    // Says that we have been here before: what was rotated earlier was old already when we first came.
    private const string Marker = "";

    private readonly Dictionary<string, TailedFile> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<Label>> _streams = new(StringComparer.Ordinal);
    private bool _isFirst;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.SharedDir.Length == 0)
            return;
        var folder = Path.Combine(Path.GetFullPath(options.Value.SharedDir), Path.GetFileName(new SharedVolume(options.Value.SharedDir).LogsDir));
        using var timer = new PeriodicTimer(options.Value.SweepInterval, time);
        await LoadAsync();
        do
        {
            try
            {
                await ScanAsync(folder, stoppingToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or StoreException)
            {
                // The next scan begins where the last commit ended.
                LogScanFailed(folder, e);
                await LoadAsync();
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task LoadAsync()
    {
        List<TailPosition> tails = [];
        await writer.WriteAsync(0, partition => tails = partition.Tails());
        _files.Clear();
        foreach (var tail in tails.Where(t => t.Path != Marker))
            _files[tail.Path] = TailedFile.From(tail);
        _isFirst = tails.Count == 0;
    }

    private async Task ScanAsync(string folder, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder))
            return;
        var names = Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)).Where(IsLog).ToHashSet(StringComparer.Ordinal);
        var moves = FindMoves(folder, names);
        var dropped = _files.Keys.Except(moves.Keys).ToList();
        var isNews = dropped.Count > 0 || moves.Any(m => !_files.TryGetValue(m.Key, out var before) || before.Position != m.Value.Position);
        _files.Clear();
        foreach (var (name, file) in moves)
            _files[name] = file;
        if (isNews || _isFirst)
            await writer.WriteAsync(0, partition => SaveAll(partition, dropped));
        _isFirst = false;
        foreach (var name in _files.Keys.ToList())
            while (await ReadAsync(folder, name))
                cancellationToken.ThrowIfCancellationRequested();
    }

    private void SaveAll(PartitionWriter partition, List<string> dropped)
    {
        foreach (var name in dropped)
            partition.Drop(name);
        foreach (var file in _files.Values)
            partition.Save(file.ToPosition());
        partition.Save(new(Marker, 0, []));
    }

    /// <summary>Which file is which: each stays what it was, or is what another was before it was rotated, or is new.</summary>
    private Dictionary<string, TailedFile> FindMoves(string folder, HashSet<string> names)
    {
        var found = new Dictionary<string, TailedFile>(StringComparer.Ordinal);
        foreach (var file in _files.Values)
            if (names.Contains(file.Name) && IsIn(folder, file.Name, file))
                found[file.Name] = file;
        var moved = _files.Values.Where(f => !found.ContainsKey(f.Name) && f.IsKnown).ToList();
        foreach (var name in names.Where(n => !found.ContainsKey(n)).Order(StringComparer.Ordinal))
        {
            if (moved.Find(f => IsIn(folder, name, f)) is { } before)
            {
                moved.Remove(before);
                found[name] = before with { Name = name };
            }
            // A copy of what is still in its place: of use once that is truncated, and not before.
            else if (!found.Values.Any(f => f.IsKnown && f.Position > 0 && IsIn(folder, name, f) && !IsCurrent(name)))
                found[name] = Begin(folder, name);
        }
        return found;
    }

    private TailedFile Begin(string folder, string name)
    {
        if (!_isFirst || IsCurrent(name))
            return new(name, 0, []);
        using var file = Open(folder, name);
        return TailedFile.At(name, file, file.Length);
    }

    private static bool IsIn(string folder, string name, TailedFile known)
    {
        using var file = Open(folder, name);
        return known.IsIn(file);
    }

    /// <returns>Whether there may be more.</returns>
    private async Task<bool> ReadAsync(string folder, string name)
    {
        var known = _files[name];
        using var file = Open(folder, name);
        var available = file.Length - known.Position;
        // It may have been rotated since we looked for it; then the next scan finds it.
        if (available <= 0 || !known.IsIn(file))
            return false;
        var bytes = new byte[(int)Math.Min(available, BatchBytes)];
        file.Position = known.Position;
        var count = await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false);
        var end = bytes.AsSpan(0, count).LastIndexOf((byte)'\n') + 1;
        if (end == 0)
        {
            // A line longer than a batch is cut; the rest of a file that nobody writes any more is its last line.
            var isOver = count == BatchBytes || (!IsCurrent(name) && known.LastRest == count);
            _files[name] = known with { LastRest = count };
            if (!isOver)
                return false;
            end = count;
        }
        var entries = Entries(bytes.AsSpan(0, end), StreamOf(name));
        var next = TailedFile.At(name, file, known.Position + end);
        await logs.WriteAsync(entries, partition => partition.Save(next.ToPosition()));
        _files[name] = next;
        instruments.Accepted("logs", entries.Count, end);
        return end < available;
    }

    private List<LogEntry> Entries(ReadOnlySpan<byte> bytes, IReadOnlyList<Label> stream)
    {
        var now = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        var entries = new List<LogEntry>();
        var seen = new HashSet<(long, string)>();
        foreach (var range in bytes.Split((byte)'\n'))
        {
            var line = bytes[range].TrimEnd((byte)'\r');
            if (line.IsEmpty)
                continue;
            var entry = TailedLine.Read(line, stream, now + entries.Count);
            // A stream keeps one line of one instant once; in a file, two are two.
            while (!seen.Add((entry.TimestampNanos, entry.Line)))
                entry = entry with { TimestampNanos = entry.TimestampNanos + 1 };
            entries.Add(entry);
        }
        return entries;
    }

    private IReadOnlyList<Label> StreamOf(string name)
    {
        var process = name[..name.IndexOf(Extension, StringComparison.Ordinal)];
        if (!_streams.TryGetValue(process, out var stream))
            _streams[process] = stream = [new("service_name", process)];
        return stream;
    }

    // Rotated files go on under names such as marie.jsonl.1 until they are packed.
    private static bool IsLog(string name) =>
        !name.StartsWith('.') && name.IndexOf(Extension, StringComparison.Ordinal) > 0 && Path.GetExtension(name) is not (".gz" or ".bz2" or ".xz" or ".zst" or ".zip" or ".tmp");

    private static bool IsCurrent(string name) => name.EndsWith(Extension, StringComparison.Ordinal);

    private static FileStream Open(string folder, string name) =>
        new(Path.Combine(folder, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The log files in {Folder} could not be read; it is tried again")]
    private partial void LogScanFailed(string folder, Exception error);
}
