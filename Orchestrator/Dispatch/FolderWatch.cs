using AgentSystem.Orchestrator.Configuration;
using AgentSystem.Protocol;

namespace AgentSystem.Orchestrator.Dispatch;

/// <summary>Tells the dispatcher at once (inotify) of results and claims. What it loses, the rescan finds.</summary>
public sealed partial class FolderWatch(SharedVolume volume, WorkerCatalog workers, DispatchSignals signals, ILogger<FolderWatch> logger) : IHostedService, IDisposable
{
    private List<FileSystemWatcher> _watchers = [];

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Watch(volume.ResultsDir, signals.ResultSeen);
        foreach (var worker in workers.Names)
            Watch(volume.ActiveDir(worker), name => signals.ClaimSeen(worker, name));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    private void Watch(string folder, Action<string> seen)
    {
        try
        {
            var watcher = new FileSystemWatcher(folder) { NotifyFilter = NotifyFilters.FileName, InternalBufferSize = 64 * 1024 };
            watcher.Created += (_, e) => See(e.Name);
            watcher.Renamed += (_, e) => See(e.Name);
            watcher.Error += (_, e) =>
            {
                LogLost(folder, e.GetException());
                signals.Rescan();
            };
            watcher.EnableRaisingEvents = true;
            _watchers.Add(watcher);
        }
        catch (IOException e)
        {
            // The user's inotify instances are used up: slower, not broken.
            LogUnavailable(folder, e);
        }

        void See(string? name)
        {
            if (name is not null && !name.StartsWith('.'))
                seen(name);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The host may stop us and dispose of us at the same time.
        foreach (var watcher in Interlocked.Exchange(ref _watchers, []))
            watcher.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "inotify lost events in {Folder}; scanning it instead")]
    private partial void LogLost(string folder, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "inotify is not available for {Folder}; it is scanned only. Raise fs.inotify.max_user_instances")]
    private partial void LogUnavailable(string folder, Exception error);
}
