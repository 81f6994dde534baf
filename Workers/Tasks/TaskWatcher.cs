using System.Threading.Channels;
using AgentSystem.Protocol;
using AgentSystem.Workers.Configuration;
using AgentSystem.Workers.Telemetry;
using Microsoft.Extensions.Options;

namespace AgentSystem.Workers.Tasks;

/// <summary>
/// Finds task files: inotify tells of them at once, and a rescan every <see cref="WorkerOptions.RescanInterval"/> finds what inotify
/// lost. What can be read is queued; what cannot is moved aside once it has stopped changing.
/// </summary>
public sealed partial class TaskWatcher : BackgroundService
{
    private readonly SharedVolume _volume;
    private readonly WorkerIdentity _identity;
    private readonly WorkerOptions _options;
    private readonly ReadyTasks _ready;
    private readonly TaskClaimer _claimer;
    private readonly WorkerInstruments _instruments;
    private readonly TimeProvider _time;
    private readonly ILogger<TaskWatcher> _logger;
    private readonly string _folder;

    /// <summary>Names to look at; null means all of them. One reader, so that nothing below needs a lock.</summary>
    private readonly Channel<string?> _looks = Channel.CreateUnbounded<string?>(new() { SingleReader = true });
    private readonly Dictionary<string, Suspect> _suspects = [];
    private bool _seenAll, _blind;

    public TaskWatcher(
        SharedVolume volume, WorkerIdentity identity, IOptions<WorkerOptions> options, ReadyTasks ready, TaskClaimer claimer,
        WorkerInstruments instruments, TimeProvider time, ILogger<TaskWatcher> logger)
    {
        (_volume, _identity, _options, _ready, _claimer) = (volume, identity, options.Value, ready, claimer);
        (_instruments, _time, _logger) = (instruments, time, logger);
        _folder = volume.TasksDir(identity.Worker);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        const WatcherChangeTypes Arrivals = WatcherChangeTypes.Created | WatcherChangeTypes.Renamed | WatcherChangeTypes.Changed;
        using var folder = new NotifyingFolder(_folder, Arrivals, name => _looks.Writer.TryWrite(name), OnLoss);
        using var timer = _time.CreateTimer(_ => _looks.Writer.TryWrite(null), null, TimeSpan.Zero, _options.RescanInterval);
        try
        {
            await foreach (var name in _looks.Reader.ReadAllAsync(stoppingToken))
            {
                if (name is null)
                    Rescan(folder);
                else
                    Look(name, WatcherEvent.Notified);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private void Rescan(NotifyingFolder folder)
    {
        try
        {
            if (!folder.IsWatching || !Directory.Exists(_folder))
            {
                _volume.EnsureCreated(_identity.Worker);
                var problem = folder.Start();
                if (problem is not null && !_blind)
                    NoEvents(problem, _folder, _options.RescanInterval);
                _blind = problem is not null;
            }
            var names = SharedVolume.List(_folder).ToHashSet();
            foreach (var name in names)
                Look(name, WatcherEvent.Rescued);
            foreach (var gone in _suspects.Keys.Where(n => !names.Contains(n)).ToList())
                _suspects.Remove(gone);
            _seenAll = true;
            _instruments.WatcherHeartbeat.Set(_time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            CannotScan(e, _folder);
        }
    }

    private void Look(string name, WatcherEvent how)
    {
        if (_ready.Contains(Path.GetFileNameWithoutExtension(name)))
            return;
        var path = Path.Combine(_folder, name);
        try
        {
            var task = ProtocolFile.ReadTask(path, _identity.Worker);
            // What lay there before we came says nothing about how quick we are.
            if (_seenAll)
                _instruments.TriggerLatency.Observe(Math.Max(0, (_time.GetUtcNow().UtcDateTime - File.GetLastWriteTimeUtc(path)).TotalSeconds));
            if (_ready.Add(task))
                _instruments.Count(how);
            _suspects.Remove(name);
        }
        catch (FileNotFoundException)
        {
            _suspects.Remove(name);
        }
        catch (ProtocolFileException e)
        {
            Judge(name, path, e);
        }
        catch (Exception e)
        {
            // Whatever it is, it concerns one file; the others go on.
            CannotRead(e, path);
        }
    }

    /// <summary>Somebody may be copying the file here by hand, so it gets a rescan's time to become whole.</summary>
    private void Judge(string name, string path, ProtocolFileException error)
    {
        var changed = new FileInfo(path).LastWriteTimeUtc;
        if (!_suspects.TryGetValue(name, out var suspect) || suspect.Changed != changed)
        {
            _suspects[name] = new(changed, _time.GetTimestamp());
            return;
        }
        if (_time.GetElapsedTime(suspect.Since) < _options.RescanInterval)
            return;
        _claimer.Quarantine(path, error);
        _suspects.Remove(name);
    }

    private void OnLoss(Exception e)
    {
        _instruments.Count(WatcherEvent.Overflow);
        LostEvents(e, _folder);
        _looks.Writer.TryWrite(null);
    }

    private readonly record struct Suspect(DateTime Changed, long Since);

    [LoggerMessage(Level = LogLevel.Warning, Message = "inotify lost events of {Folder}; listing it instead")]
    private partial void LostEvents(Exception e, string folder);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No inotify events for {Folder} (raise fs.inotify.max_user_instances?); it is listed every {Interval} in any case")]
    private partial void NoEvents(Exception e, string folder, TimeSpan interval);

    [LoggerMessage(Level = LogLevel.Error, Message = "Cannot list {Folder}; trying again at the next rescan")]
    private partial void CannotScan(Exception e, string folder);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cannot read {Path} now; trying again at the next rescan")]
    private partial void CannotRead(Exception e, string path);
}
