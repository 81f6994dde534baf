namespace AgentSystem.Workers.Agents;

/// <summary>What <c>realpath(3)</c> does: .NET resolves the last link of a path only, and a link in the middle leads out of a folder just as well.</summary>
internal static class RealPath
{
    // What Linux allows before it says ELOOP.
    private const int MaxLinks = 40;

    /// <summary>The absolute path without any link in it, or null when something on the way is missing or the links go in circles.</summary>
    public static string? Resolve(string path)
    {
        var rest = new Stack<string>(Parts(path));
        var real = Path.GetPathRoot(path)!;
        var links = 0;
        while (rest.TryPop(out var part))
        {
            if (part == "..")
            {
                real = Path.GetDirectoryName(real) ?? real;
                continue;
            }
            var next = Path.Combine(real, part);
            var info = new FileInfo(next);
            string? target;
            try
            {
                if (!info.Exists && !Directory.Exists(next) && info.LinkTarget is null)
                    return null;
                target = info.LinkTarget;
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
            foreach (var step in Parts(target))
                rest.Push(step);
            if (Path.IsPathRooted(target))
                real = Path.GetPathRoot(target)!;
        }
        return real;
    }

    /// <summary>The path's steps, last one first, as a stack wants them.</summary>
    private static IEnumerable<string> Parts(string path) =>
        path[(Path.GetPathRoot(path)?.Length ?? 0)..]
            .Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries)
            .Where(p => p != ".")
            .Reverse();
}
