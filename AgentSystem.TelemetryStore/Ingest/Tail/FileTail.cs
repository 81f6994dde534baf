using AgentSystem.Protocol;
using AgentSystem.TelemetryStore.Configuration;
using AgentSystem.TelemetryStore.Logs;
using AgentSystem.TelemetryStore.Storage;
using AgentSystem.TelemetryStore.Telemetry;
using Microsoft.Extensions.Options;

namespace AgentSystem.TelemetryStore.Ingest.Tail;

/// <summary>
/// Follows <c>logs/*.jsonl</c> on the shared volume, for agents that speak no OTLP. How far a file is read is committed together with its
/// lines, and each line has a number of its own, so that none is lost or stored twice, whenever we stop and however equal they are. Files
/// are looked at again and again: mounts have no events to rely on.
/// </summary>
internal sealed partial class FileTail(
    LogStore logs, StoreWriter writer, IOptions<TelemetryStoreOptions> options, TimeProvider time, StoreInstruments instruments, ILogger<FileTail> logger)
    : BackgroundService
{
    // Its position is the number of lines that were stored of all files. That it is there says that we have been here before.
    private const string Counter = "";

    private readonly Dictionary<string, TailedFile> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<Label>> _streams = new(StringComparer.Ordinal);
    private bool _isFirst, _isReopened;
    private long _lines;

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
        foreach (var tail in tails.Where(t => t.Path != Counter))
            _files[tail.Path] = TailedFile.From(tail);
        _lines = tails.Find(t => t.Path == Counter)?.Position ?? 0;
        _isFirst = tails.Count == 0;
        _isReopened = true;
    }

    private async Task ScanAsync(string folder, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder))
            return;
        var found = TailedFolder.Look(folder, _files.Values, _isFirst, _isReopened);
        var dropped = _files.Keys.Except(found.Keys).ToList();
        var isNews = dropped.Count > 0 || found.Values.Any(f => !_files.TryGetValue(f.Name, out var before) || before != f);
        _files.Clear();
        foreach (var (name, file) in found)
            _files[name] = file;
        if (isNews || _isFirst)
            await writer.WriteAsync(0, partition => SaveAll(partition, dropped));
        (_isFirst, _isReopened) = (false, false);
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
        partition.Save(new(Counter, _lines, []));
    }

    /// <returns>Whether there may be more.</returns>
    private async Task<bool> ReadAsync(string folder, string name)
    {
        var known = _files[name];
        using var file = known.IsCopy ? null : TailedFolder.TryOpen(folder, name);
        // It may have been rotated since we looked for it; then the next scan finds it.
        if (file is null || file.Length <= known.Position || FileIdentity.Of(file.SafeFileHandle) != known.Id || !known.IsIn(file))
            return false;
        var (lines, rest) = await TailedLines.ReadAsync(file, known, TailedFolder.IsCurrent(name));
        if (lines is null)
        {
            _files[name] = known with { Rest = rest };
            return false;
        }
        var next = TailedFile.At(name, file, known.Position + lines.Read);
        // The same for one that is truncated while we read it.
        if (file.Length < next.Position || !known.IsIn(file))
            return false;
        var entries = Entries(lines, StreamOf(name));
        await logs.WriteAsync(entries, partition =>
        {
            partition.Save(next.ToPosition());
            partition.Save(new(Counter, _lines + entries.Count, []));
        });
        _files[name] = next;
        _lines += entries.Count;
        instruments.Accepted("logs", Sources.File, entries.Count, lines.Read);
        instruments.Cut(entries.Count(TailedLine.IsCut));
        return file.Length > next.Position;
    }

    private List<LogEntry> Entries(TailedLines lines, IReadOnlyList<Label> stream)
    {
        var now = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        var entries = new List<LogEntry>();
        var bytes = lines.Bytes.Span;
        foreach (var range in bytes.Split((byte)'\n'))
        {
            var line = bytes[range].TrimEnd((byte)'\r');
            if (line.IsEmpty)
                continue;
            entries.Add(TailedLine.Read(line, lines.Unread, stream, now + entries.Count) with { Number = _lines + entries.Count + 1 });
        }
        return entries;
    }

    private IReadOnlyList<Label> StreamOf(string name)
    {
        var process = TailedFolder.ProcessOf(name);
        if (!_streams.TryGetValue(process, out var stream))
            _streams[process] = stream = [new("service_name", process)];
        return stream;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The log files in {Folder} could not be read; it is tried again")]
    private partial void LogScanFailed(string folder, Exception error);
}
