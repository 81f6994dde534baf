using AgentSystem.AppHost.Backends;
using Aspire.Hosting.Docker;
using Aspire.Hosting.Docker.Resources;
using Aspire.Hosting.Docker.Resources.ServiceNodes;

namespace AgentSystem.AppHost.Publishing;

/// <summary>The folder that a Compose application is written to: with all files that it mounts, and an <c>.env</c> in which only secrets are missing.</summary>
/// <param name="folder">Where Aspire writes <c>docker-compose.yaml</c>.</param>
/// <param name="repository">The folder that the solution is in.</param>
internal sealed class ComposeOutput(string folder, string repository)
{
    /// <summary>How the image of a project is made where it is not there: Compose then builds it.</summary>
    public Build BuildOf(string projectPath) => new()
    {
        Context = IsInRepository(folder) ? Path.GetRelativePath(folder, repository) : repository,
        Dockerfile = "infra/docker/service.Dockerfile",
        Args = { ["PROJECT"] = Path.GetFileNameWithoutExtension(projectPath) },
    };

    /// <summary>Gives everything a value that Aspire leaves to the reader, but for secrets.</summary>
    public void Settle(ComposeFile file, IDictionary<string, CapturedEnvironmentVariable> variables)
    {
        foreach (var (name, variable) in variables.ToArray())
        {
            if (variable.Source is not ContainerMountAnnotation { Source: { } source })
                continue;
            foreach (var volume in file.Services.Values.SelectMany(service => service.Volumes).Where(volume => volume.Source == $"${{{name}}}"))
                volume.Source = BringAlong(source, file.Services.Keys.ToHashSet());
            variables.Remove(name);
        }

        // Aspire keeps the values of a file that is there already, and writes none of its own.
        var values = variables.Values.Where(variable => variable.Source is not ParameterResource && variable.DefaultValue is not null);
        EnsureValues(Path.Combine(folder, ".env"), values);
    }

    /// <summary>Copies the files of a mounted folder of the repository next to the Compose file, so that both can go elsewhere together.</summary>
    private string BringAlong(string source, HashSet<string> services)
    {
        if (!IsInRepository(source))
            return source;
        var relative = Path.GetRelativePath(repository, source);
        var copy = Path.Combine(folder, relative);
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            if (!BackendSettings.IsLeftOut(Path.GetRelativePath(source, file), services))
                Copy(file, Path.Combine(copy, Path.GetRelativePath(source, file)));
        }

        return $"./{relative.Replace('\\', '/')}";
    }

    /// <summary>What else is in the folder stays, and a file that is the same already is left alone: it may be the very one that is copied.</summary>
    private static void Copy(string file, string target)
    {
        if (File.Exists(target) && File.ReadAllBytes(file).AsSpan().SequenceEqual(File.ReadAllBytes(target)))
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(file, target, overwrite: true);
    }

    private static void EnsureValues(string path, IEnumerable<CapturedEnvironmentVariable> variables)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var lines = File.Exists(path) ? File.ReadAllLines(path).ToList() : [];
        foreach (var variable in variables)
        {
            // An empty value is one that an earlier run of somebody else left open.
            lines.RemoveAll(line => line.TrimEnd() == $"{variable.Name}=");
            if (!lines.Exists(line => line.StartsWith($"{variable.Name}=", StringComparison.Ordinal)))
                lines.AddRange([$"# {variable.Description}", $"{variable.Name}={variable.DefaultValue}"]);
        }

        File.WriteAllLines(path, lines);
    }

    private bool IsInRepository(string path) => path == repository || path.StartsWith(repository + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
