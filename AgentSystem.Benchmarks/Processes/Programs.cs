namespace AgentSystem.Benchmarks.Processes;

/// <summary>The assemblies of the solution, of the configuration that this one was built in.</summary>
internal static class Programs
{
    /// <summary>The folder that the solution is in.</summary>
    internal static string Repository { get; } = FindRepository();

    /// <summary>Path of a project's assembly.</summary>
    /// <exception cref="InvalidOperationException">It is not built.</exception>
    internal static string Find(string project, string name)
    {
        // …/<project>/bin/<configuration>/<framework>/
        var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        var path = Path.Combine(Repository, project, "bin", framework.Parent!.Name, framework.Name, name + ".dll");
        return File.Exists(path) ? path : throw new InvalidOperationException($"{path} is not there; build {project} first.");
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "AgentSystem.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"There is no AgentSystem.sln above {AppContext.BaseDirectory}.");
    }
}
