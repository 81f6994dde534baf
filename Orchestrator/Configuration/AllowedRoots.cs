using Microsoft.Extensions.Options;

namespace AgentSystem.Orchestrator.Configuration;

/// <summary>The folders that a payload's path may lie in. Links are followed first: one in the middle of a path leads out of a folder as well as the last.</summary>
public sealed class AllowedRoots(IOptions<OrchestratorOptions> options)
{
    // What Linux allows before it says ELOOP.
    private const int MaxLinks = 40;

    private readonly string[] _roots = [.. options.Value.AllowedRoots
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(root => Resolve(Path.GetFullPath(root)) ?? Path.GetFullPath(root))];

    /// <summary>Why <paramref name="path"/> may not be read, or null when it may. A file that is not there (yet) is judged by where it would be.</summary>
    public string? Refuse(string path)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
            return "must be the path of a file";
        if (!Path.IsPathFullyQualified(path))
            return "must be an absolute path, because the worker's current folder is not yours";
        if (_roots.Length == 0)
            return "paths are not allowed: no folder is named in Agents__AllowedRoots";
        if (Resolve(path) is not { } real)
            return "its links go in circles or cannot be read";
        return _roots.Any(root => IsInside(real, root))
            ? null
            : $"lies outside the allowed folders ({string.Join(", ", _roots)}); copy the file there, or add its folder to Agents__AllowedRoots";
    }

    private static bool IsInside(string path, string root) =>
        path == root || path.StartsWith(Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static string? Resolve(string path)
    {
        var root = Path.GetPathRoot(path)!;
        var rest = new Stack<string>(Steps(path, root));
        var real = root;
        for (var links = 0; rest.TryPop(out var step);)
        {
            if (step == "..")
            {
                real = Path.GetDirectoryName(real) ?? real;
                continue;
            }
            var next = Path.Combine(real, step);
            string? target;
            try
            {
                target = new FileInfo(next).LinkTarget;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null;
            }
            if (target is null)
            {
                real = next;
                continue;
            }
            if (++links > MaxLinks)
                return null;
            if (Path.IsPathRooted(target))
                real = root;
            foreach (var further in Steps(target, Path.GetPathRoot(target) ?? ""))
                rest.Push(further);
        }
        return real;
    }

    /// <summary>The path's steps, last one first, as a stack wants them.</summary>
    private static IEnumerable<string> Steps(string path, string root) =>
        path[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Where(s => s != ".").Reverse();
}
