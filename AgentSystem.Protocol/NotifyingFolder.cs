namespace AgentSystem.Protocol;

/// <summary>
/// inotify on one folder, in a form that survives its loss: while <see cref="IsWatching"/> is false no events come, the owner's
/// periodic look has to do, and the owner starts it again.
/// </summary>
/// <param name="path">The folder; need not exist yet.</param>
/// <param name="kinds">What to tell of.</param>
/// <param name="onName">Gets the name of an entry that something happened to; must be quick.</param>
/// <param name="onLoss">Called when events were lost: look at everything, and start again.</param>
public sealed class NotifyingFolder(string path, WatcherChangeTypes kinds, Action<string> onName, Action<Exception> onLoss) : IDisposable
{
    private FileSystemWatcher? _watcher;
    private volatile bool _broken;

    /// <summary>The folder's path.</summary>
    public string Path { get; } = path;

    /// <summary>Whether events arrive.</summary>
    public bool IsWatching => _watcher is not null && !_broken && Directory.Exists(Path);

    /// <summary>Starts, or starts again. Returns why it cannot, or null when events arrive from now on.</summary>
    public Exception? Start()
    {
        _watcher?.Dispose();
        _watcher = null;
        _broken = false;
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(Path) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName, InternalBufferSize = 1 << 16 };
            if (kinds.HasFlag(WatcherChangeTypes.Created))
                watcher.Created += Tell;
            if (kinds.HasFlag(WatcherChangeTypes.Deleted))
                watcher.Deleted += Tell;
            if (kinds.HasFlag(WatcherChangeTypes.Renamed))
                watcher.Renamed += Tell;
            if (kinds.HasFlag(WatcherChangeTypes.Changed))
            {
                watcher.NotifyFilter |= NotifyFilters.LastWrite;
                watcher.Changed += Tell;
            }
            watcher.Error += (_, e) =>
            {
                _broken = true;
                onLoss(e.GetException());
            };
            watcher.EnableRaisingEvents = true;
            _watcher = watcher;
            return null;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // No folder yet, or no inotify instance left (fs.inotify.max_user_instances).
            watcher?.Dispose();
            return e;
        }

        void Tell(object sender, FileSystemEventArgs e)
        {
            if (e.Name is { Length: > 0 } name && name[0] != '.')
                onName(name);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _watcher?.Dispose();
}
