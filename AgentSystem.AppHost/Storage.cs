using Microsoft.Extensions.DependencyInjection;

namespace AgentSystem.AppHost;

/// <summary>
/// Where the system keeps what must outlive a process: folders of this machine when it runs, paths of the containers' volumes when it is published.
/// </summary>
internal sealed class Storage : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileStream? _lock;

    private Storage(string root, string repository, string allowedRoots, FileStream? heldLock)
    {
        Root = root;
        Repository = repository;
        AllowedRoots = allowedRoots;
        _lock = heldLock;
    }

    /// <summary>The folder that everything of one run is in.</summary>
    public string Root { get; }

    /// <summary>The folder that the solution is in.</summary>
    public string Repository { get; }

    /// <summary>The volume through which the orchestrator and the workers exchange tasks.</summary>
    public string SharedVolume => Path.Combine(Root, "shared");

    /// <summary>The orchestrator's journal, which is never on the shared volume.</summary>
    public string Journal => Path.Combine(Root, "journal", "orchestrator.db");

    /// <summary>The file of the incidents and of the messages about them.</summary>
    public string Incidents => Path.Combine(Root, "alerting", "alerting.db");

    /// <summary>The folders that a task's documents may be in, separated as in PATH.</summary>
    public string AllowedRoots { get; }

    /// <summary>The settings of a backend as this run has them.</summary>
    public string Settings(string backend) => Path.Combine(Root, "settings", backend);

    /// <summary>The secrets that a backend reads from files.</summary>
    public string Secrets(string backend) => Path.Combine(Root, "secrets", backend);

    /// <summary>The folder that a backend stores into; made when it is not there.</summary>
    public string DataFolder(string backend)
    {
        var folder = Path.Combine(Root, "data", backend);
        CreateOwnerOnly(folder);
        return folder;
    }

    /// <summary>The published volume that a container has at this path.</summary>
    public static string VolumeOf(string containerPath) => $"agentsystem-{Path.GetFileName(containerPath)}";

    /// <summary>Paths as the containers see them.</summary>
    public static Storage ForContainers(string repository) => new("/", repository, "/shared/documents", heldLock: null);

    /// <summary>Makes the folder and keeps every other run out of it until this one is disposed.</summary>
    /// <param name="root">The folder, made when it is not there.</param>
    /// <param name="repository">The folder that the solution is in; its documents may be given to agents.</param>
    /// <param name="moreRoots">Further folders whose documents may be, separated as in PATH.</param>
    /// <exception cref="DistributedApplicationException">Another run has the folder.</exception>
    public static Storage Open(string root, string repository, string? moreRoots = null)
    {
        root = Path.GetFullPath(root);
        var documents = Path.Combine(root, "shared", "documents");
        try
        {
            foreach (var folder in (string[])[root, Path.Combine(root, "shared"), documents, Path.Combine(root, "journal"), Path.Combine(root, "alerting")])
                CreateOwnerOnly(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException($"The data cannot be kept in {root}: {e.Message} Give another folder: --Data:Dir=<folder>.", e);
        }

        FileStream held;
        try
        {
            held = new FileStream(Path.Combine(root, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new DistributedApplicationException(
                $"Another run uses {root}. Stop it, or give this one a folder of its own: --Data:Dir=<folder>.", e);
        }

        string[] allowed = [repository, documents, .. moreRoots?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) ?? []];
        return new Storage(root, repository, string.Join(Path.PathSeparator, allowed), held);
    }

    public void Dispose() => _lock?.Dispose();

    public static void CreateOwnerOnly(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, OwnerOnly);
    }
}

internal static class StorageExtensions
{
    /// <summary>Opens the run's folder: <c>Data:Dir</c>, else <c>.data</c> in the repository.</summary>
    public static Storage AddStorage(this IDistributedApplicationBuilder builder)
    {
        var repository = Path.GetFullPath("..", builder.AppHostDirectory);
        if (builder.ExecutionContext.IsPublishMode)
            return Storage.ForContainers(repository);

        var root = builder.Configuration["Data:Dir"] is { Length: > 0 } folder ? folder : Path.Combine(repository, ".data");
        var storage = Storage.Open(root, repository, builder.Configuration["Agents:AllowedRoots"]);
        // The engine keeps its part of a run with the rest: the embedded one each resource's output, as .aspire/logs/<resource>.log.
        builder.Configuration["Aspire:Store:Path"] ??= storage.Root;
        // Registered by a factory, because a container disposes of what it made and leaves alone what it was given.
        builder.Services.AddSingleton(_ => storage);
        return storage;
    }
}
