namespace AgentSystem.Protocol;

/// <summary>
/// The folders that a payload's path may lie in. What counts is where a path really leads: a link in the middle of it leads out of a
/// folder as well as the last one.
/// </summary>
/// <param name="list">The folders, separated by <see cref="Path.PathSeparator"/>.</param>
public sealed class AllowedRoots(string list)
{
    // What Linux allows before it says ELOOP.
    private const int MaxLinks = 40;

    /// <summary>The folders' absolute paths as they were named.</summary>
    public IReadOnlyList<string> Named { get; } =
        [.. list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Path.GetFullPath)];

    /// <summary>The folders' real paths, in the same order.</summary>
    public IReadOnlyList<string> Real => field ??= [.. Named.Select(root => RealPath(root) ?? root)];

    /// <summary>Whether <paramref name="path"/>, as it is written, lies in one of the folders. Says nothing about where its links lead.</summary>
    public bool Name(string path) => Named.Concat(Real).Any(root => IsInside(path, root));

    /// <summary>Whether <paramref name="real"/>, which comes from <see cref="RealPath"/>, lies in one of the folders.</summary>
    public bool Contain(string real) => Real.Any(root => IsInside(real, root));

    /// <summary>
    /// Where the absolute <paramref name="path"/> leads, with every link on the way followed; null when they go in circles or cannot be
    /// read. What is not there (yet) is no link.
    /// </summary>
    public static string? RealPath(string path)
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

    private static bool IsInside(string path, string root) =>
        path == root || path.StartsWith(Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>The path's steps, last one first, as a stack wants them.</summary>
    private static IEnumerable<string> Steps(string path, string root) =>
        path[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Where(s => s != ".").Reverse();
}
