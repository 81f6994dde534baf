using System.Globalization;
using System.Text;
using AgentSystem.Protocol;

namespace AgentSystem.Orchestrator.Status;

/// <summary>
/// Keeps what came through a pipe and is no status line of ours: in <c>quarantine/status-&lt;worker&gt;.log</c>, bounded, with its reason.
/// A flood of it makes one log line a second.
/// </summary>
public sealed partial class RejectedLines(SharedVolume volume, TimeProvider time, ILogger<RejectedLines> logger)
{
    private const int MaxFileBytes = 1 << 20;
    private const int MaxKeptBytes = 512;
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private long? _lastLog;
    private int _unlogged;

    /// <summary>Notes a line that changes nothing.</summary>
    public void Add(string worker, ReadOnlySpan<byte> line, string reason)
    {
        var kept = Encoding.UTF8.GetString(line[..Math.Min(line.Length, MaxKeptBytes)]);
        var entry = string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():O}\t{reason}\t{Printable(kept)}\n");
        lock (_gate)
        {
            try
            {
                Append(Path.Combine(volume.QuarantineDir, $"status-{worker}.log"), entry);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogNotKept(worker, e);
            }
            _unlogged++;
            if (_lastLog is { } last && time.GetElapsedTime(last) < LogInterval)
                return;
            LogRejected(_unlogged, worker, reason);
            _lastLog = time.GetTimestamp();
            _unlogged = 0;
        }
    }

    private static void Append(string path, string entry)
    {
        if (new FileInfo(path) is { Exists: true, Length: > MaxFileBytes })
            File.Move(path, path + ".1", overwrite: true);
        File.AppendAllText(path, entry);
    }

    private static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} line(s) through a pipe changed nothing, the last one from {Worker}: {Reason}. They are in quarantine/")]
    private partial void LogRejected(int count, string worker, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A rejected line from {Worker} could not be kept")]
    private partial void LogNotKept(string worker, Exception error);
}
