namespace AgentSystem.Protocol;

/// <summary>
/// The layout of the shared volume: which file lies where. Names that start with a dot belong to a writer that is not done yet;
/// readers pass over them.
/// </summary>
/// <param name="root">The volume's root (<c>SHARED_DIR</c>).</param>
public sealed class SharedVolume(string root)
{
    /// <summary>Names the root for a process.</summary>
    public const string RootVariable = "SHARED_DIR";

    /// <summary>Where writers stage what they will rename into place.</summary>
    public const string Incoming = ".incoming";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Absolute path of the root.</summary>
    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>Tasks that wait for <paramref name="worker"/>.</summary>
    public string TasksDir(string worker) => Path.Combine(Root, "tasks", worker);

    /// <summary>Tasks that <paramref name="worker"/> has claimed. Losing the file there means losing the task: stop.</summary>
    public string ActiveDir(string worker) => Path.Combine(Root, "active", worker);

    /// <summary>Signs of life of <paramref name="worker"/>'s processes, see <see cref="WorkerHeartbeat"/>.</summary>
    public string HeartbeatsDir(string worker) => Path.Combine(Root, "heartbeats", worker);

    /// <summary>Ends of attempts.</summary>
    public string ResultsDir => Path.Combine(Root, "results");

    /// <summary>Tasks that were given up.</summary>
    public string DeadDir => Path.Combine(Root, "dead");

    /// <summary>Files that could not be read, each beside its reason.</summary>
    public string QuarantineDir => Path.Combine(Root, "quarantine");

    /// <summary>Log files of agents that speak no OTLP.</summary>
    public string LogsDir => Path.Combine(Root, "logs");

    /// <summary>Faults that are injected on purpose, see <see cref="FaultOrder"/>.</summary>
    public string ChaosDir => Path.Combine(Root, "chaos");

    /// <summary>What agents write for people, a folder a task.</summary>
    public string OutputsDir => Path.Combine(Root, "outputs");

    /// <summary>What models were asked and answered, a file a task, where that is recorded.</summary>
    public string RecordingsDir => Path.Combine(Root, "recordings");

    /// <summary>The waiting task's file.</summary>
    public string TaskPath(string worker, string id) => Path.Combine(TasksDir(worker), FileName(id));

    /// <summary>The claimed task's file. Its modification time is the lease: the worker renews it while it works.</summary>
    public string ActivePath(string worker, string id) => Path.Combine(ActiveDir(worker), FileName(id));

    /// <summary>The result's file.</summary>
    public string ResultPath(string id) => Path.Combine(ResultsDir, FileName(id));

    /// <summary>The dead task's file.</summary>
    public string DeadPath(string id) => Path.Combine(DeadDir, FileName(id));

    /// <summary>The folder for the files that the task's agent writes. Made by the agent that needs it.</summary>
    public string OutputDir(string id) => Path.Combine(OutputsDir, id);

    /// <summary>The recording of the task's run, one JSON object a line.</summary>
    public string RecordingPath(string id) => Path.Combine(RecordingsDir, id + ".jsonl");

    /// <summary>The process's sign of life.</summary>
    public string HeartbeatPath(string worker, string instance) => Path.Combine(HeartbeatsDir(worker), FileName(instance));

    /// <summary>The injected fault's file.</summary>
    public string ChaosPath(string id) => Path.Combine(ChaosDir, FileName(id));

    /// <summary>One byte for each time that a worker's process was made to die. Readers of orders pass over it.</summary>
    public string CrashesPath(string id) => Path.Combine(ChaosDir, $".{id}.crashes");

    /// <summary>What an injected fault fills the disk with.</summary>
    public string BallastPath(string id) => Path.Combine(ChaosDir, $".{id}.ballast");

    /// <summary>The FIFO from <paramref name="worker"/> and its hooks to the orchestrator.</summary>
    public string PipePath(string worker) => Path.Combine(Root, "pipes", worker);

    /// <summary>The volume at <paramref name="root"/> with all its folders, for a process that starts.</summary>
    /// <exception cref="IOException">It cannot be used; the message says what to do.</exception>
    public static SharedVolume Create(string root, IEnumerable<string> workers)
    {
        var volume = new SharedVolume(root);
        try
        {
            volume.EnsureCreated(workers);
            return volume;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The shared volume {volume.Root} cannot be used: {e.Message} Set {RootVariable} to a folder that belongs to you.", e);
        }
    }

    /// <summary>Makes every folder that is missing, open to the owner only.</summary>
    /// <exception cref="IOException">The root cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The root belongs to somebody else.</exception>
    public void EnsureCreated(params IEnumerable<string> workers)
    {
        string[] folders =
        [
            Root, ResultsDir, Path.Combine(ResultsDir, Incoming), DeadDir, Path.Combine(DeadDir, Incoming), QuarantineDir, LogsDir,
            ChaosDir, Path.Combine(ChaosDir, Incoming),
            OutputsDir, RecordingsDir,
            Path.Combine(Root, "tasks"), Path.Combine(Root, "active"), Path.Combine(Root, "heartbeats"), Path.Combine(Root, "pipes"),
            .. workers.SelectMany(w => new[]
            {
                TasksDir(w), Path.Combine(TasksDir(w), Incoming), ActiveDir(w), HeartbeatsDir(w), Path.Combine(HeartbeatsDir(w), Incoming),
            }),
        ];
        foreach (var folder in folders)
            CreateOwnerOnly(folder);
    }

    /// <summary>Names of the files in <paramref name="folder"/>, in no particular order, without a writer's unfinished ones.</summary>
    public static IEnumerable<string> List(string folder)
    {
        if (!Directory.Exists(folder))
            return [];
        return Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).OfType<string>().Where(name => !name.StartsWith('.'));
    }

    /// <summary>Writes a file so that readers see all of it or nothing: staged in <c>.incoming</c> beside it, then renamed.</summary>
    public static void Publish(string path, ReadOnlySpan<byte> content) => File.Move(Stage(path, content), path, overwrite: true);

    /// <summary>
    /// Like <see cref="Publish"/>, but never in another file's place: false when something lies there already, and then nothing changed.
    /// </summary>
    public static bool TryPublish(string path, ReadOnlySpan<byte> content)
    {
        var staged = Stage(path, content);
        try
        {
            return Posix.TryLink(staged, path);
        }
        finally
        {
            File.Delete(staged);
        }
    }

    private static string Stage(string path, ReadOnlySpan<byte> content)
    {
        var name = Path.GetFileName(path);
        var staged = Path.Combine(Path.GetDirectoryName(path)!, Incoming, $"{name}.{Guid.NewGuid():N}");
        using (var file = File.OpenHandle(staged, FileMode.CreateNew, FileAccess.Write))
        {
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            RandomAccess.Write(file, content, fileOffset: 0);
        }
        return staged;
    }

    /// <summary>Moves a file by rename, as claims and releases do. False when somebody else was faster and it is gone.</summary>
    public static bool TryMove(string from, string to)
    {
        try
        {
            File.Move(from, to, overwrite: true);
            return true;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    private static string FileName(string id) => id + ".json";

    /// <summary>Makes a folder that only its owner can look into, with those above it.</summary>
    public static void CreateOwnerOnly(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }
        Directory.CreateDirectory(folder, OwnerOnly);
        File.SetUnixFileMode(folder, OwnerOnly);
    }
}
