using AgentSystem.Protocol;
using Microsoft.Extensions.Options;

namespace AgentSystem.Orchestrator.Configuration;

/// <summary>Which paths a payload may name. The worker judges again, when it reads the file.</summary>
public sealed class PayloadPaths(IOptions<OrchestratorOptions> options)
{
    private readonly AllowedRoots _roots = new(options.Value.AllowedRoots);

    /// <summary>Why <paramref name="path"/> may not be read, or null when it may. A file that is not there (yet) is judged by where it would be.</summary>
    public string? Refuse(string path)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
            return "must be the path of a file";
        if (!Path.IsPathFullyQualified(path))
            return "must be an absolute path, because the worker's current folder is not yours";
        if (_roots.Named.Count == 0)
            return "paths are not allowed: no folder is named in Agents__AllowedRoots";
        if (AllowedRoots.RealPath(path) is not { } real)
            return "its links go in circles or cannot be read";
        return _roots.Contain(real)
            ? null
            : $"lies outside the allowed folders ({string.Join(", ", _roots.Real)}); copy the file there, or add its folder to Agents__AllowedRoots";
    }
}
