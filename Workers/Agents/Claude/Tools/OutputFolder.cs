using System.Text;
using AgentSystem.Protocol;

namespace AgentSystem.Workers.Agents.Claude.Tools;

/// <summary>The folder on the shared volume that a task's agent writes its files to. There is no way out of it.</summary>
public sealed class OutputFolder
{
    private const int MostFiles = 1000, MostDepth = 16, LongestName = 200;
    private const long MostBytes = 64 << 20;
    private readonly string _root;

    private OutputFolder(string root) => _root = root;

    /// <summary>The folder's path.</summary>
    public string Path => _root;

    /// <summary>The folder of the task, made where it is not there.</summary>
    public static OutputFolder Of(SharedVolume volume, string taskId)
    {
        var root = volume.OutputDir(taskId);
        SharedVolume.CreateOwnerOnly(root);
        return new(AllowedRoots.RealPath(root) ?? root);
    }

    /// <summary>What lies in the folder of the task, relative to it; nothing when there is none.</summary>
    public static IReadOnlyList<string> List(SharedVolume volume, string taskId)
    {
        var root = volume.OutputDir(taskId);
        if (!Directory.Exists(root))
            return [];
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            MaxRecursionDepth = MostDepth,
            AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden,
        };
        return
        [
            .. Directory.EnumerateFiles(root, "*", options).Select(f => System.IO.Path.GetRelativePath(root, f))
                .Order(StringComparer.Ordinal).Take(MostFiles),
        ];
    }

    /// <summary>Writes a file, in place of one that is there.</summary>
    /// <exception cref="AgentException">The path leads out of the folder or is none, or the folder is full.</exception>
    public void Write(string path, string content)
    {
        var file = Locate(path);
        var bytes = Encoding.UTF8.GetBytes(content);
        var others = Directory.EnumerateFiles(_root, "*", SearchOption.AllDirectories).Where(f => f != file).Select(f => new FileInfo(f)).ToList();
        if (others.Count >= MostFiles || others.Sum(f => f.Length) + bytes.Length > MostBytes)
            throw new AgentException("output_full", $"A task may write {MostFiles:N0} files and {MostBytes >> 20} MiB at most.");
        try
        {
            SharedVolume.CreateOwnerOnly(System.IO.Path.GetDirectoryName(file)!);
            // A new file under the name, so that what is written follows no link that lies there.
            var staged = $"{file}.{Guid.NewGuid():N}";
            File.WriteAllBytes(staged, bytes);
            File.Move(staged, file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AgentException("unwritable", $"It cannot be written: {e.Message}");
        }
    }

    private string Locate(string path)
    {
        var steps = path.Split('/', '\\');
        if (path.Length == 0 || System.IO.Path.IsPathRooted(path) || steps.Length > MostDepth
            || steps.Any(s => s is "" or "." or ".." || s.Length > LongestName) || path.Any(char.IsControl))
            throw new AgentException(
                "path_outside_output", "The path has to be relative to the output folder, such as \"report.md\" or \"data/table.csv\", without \"..\".");
        var file = System.IO.Path.Combine([_root, .. steps]);
        // Where its folder really leads: something else may have put a link there.
        if (AllowedRoots.RealPath(System.IO.Path.GetDirectoryName(file)!) is not { } folder || !new AllowedRoots(_root).Contain(folder))
            throw new AgentException("path_outside_output", "The path leads out of the output folder.");
        return file;
    }
}
