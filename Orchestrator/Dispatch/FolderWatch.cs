using AgentSystem.Orchestrator.Configuration;
using AgentSystem.Protocol;

namespace AgentSystem.Orchestrator.Dispatch;

/// <summary>Tells the dispatcher at once (inotify) of results and claims. What it loses, the rescan finds.</summary>
public sealed partial class FolderWatch : IDisposable
{
    private readonly SharedVolume _volume;
    private readonly WorkerCatalog _workers;
    private readonly ILogger<FolderWatch> _logger;
    private readonly List<NotifyingFolder> _folders = [];
    private readonly HashSet<NotifyingFolder> _blind = [];

    /// <summary>Watches nothing yet.</summary>
    public FolderWatch(SharedVolume volume, WorkerCatalog workers, DispatchSignals signals, ILogger<FolderWatch> logger)
    {
        (_volume, _workers, _logger) = (volume, workers, logger);
        Add(volume.ResultsDir, signals.ResultSeen);
        foreach (var worker in workers.Names)
            Add(volume.ActiveDir(worker), name => signals.ClaimSeen(worker, name));

        void Add(string path, Action<string> seen) => _folders.Add(new(
            path, WatcherChangeTypes.Created | WatcherChangeTypes.Renamed, seen,
            e =>
            {
                LogLost(path, e);
                signals.Rescan();
            }));
    }

    /// <summary>
    /// Makes the folders that somebody has taken away, and watches those from which no events come: at first, after a loss, and where a
    /// folder was made anew. What happened in between is for the scan that has to follow.
    /// </summary>
    public void Ensure()
    {
        // Judged first: a folder that is made anew has to be watched anew.
        var unwatched = _folders.Where(f => !f.IsWatching).ToList();
        _volume.EnsureCreated(_workers.Names);
        foreach (var folder in unwatched)
        {
            if (folder.Start() is not { } problem)
                _blind.Remove(folder);
            else if (_blind.Add(folder))
                LogUnavailable(folder.Path, problem);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var folder in _folders)
            folder.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "inotify lost events in {Folder}; scanning it instead")]
    private partial void LogLost(string folder, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "inotify is not available for {Folder}; it is scanned only. Raise fs.inotify.max_user_instances")]
    private partial void LogUnavailable(string folder, Exception error);
}
