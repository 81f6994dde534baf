using System.Text.RegularExpressions;

namespace AgentSystem.AppHost.Backends;

/// <summary>
/// The configuration of a backend, committed once under <c>infra/</c> in the form that it is published in, where each service is found by its
/// name. A run gets a copy in which <c>name:port</c> of a resource is the address that this run gave it.
/// </summary>
internal static partial class BackendSettings
{
    /// <summary>A file in this folder is named after the resource that it describes, and is left out together with it.</summary>
    private const string Targets = "targets";

    /// <summary>Replaces every <c>name:port</c> that <paramref name="addresses"/> has.</summary>
    public static string Render(string text, IReadOnlyDictionary<string, string> addresses) =>
        NameAndPort().Replace(text, match => addresses.GetValueOrDefault(match.Value, match.Value));

    /// <summary>Whether a file of the settings speaks of a resource that is not there.</summary>
    public static bool IsLeftOut(string relativePath, IReadOnlySet<string> resources) =>
        Path.GetDirectoryName(relativePath) == Targets && !resources.Contains(Path.GetFileNameWithoutExtension(relativePath));

    /// <summary>Copies <paramref name="source"/> to <paramref name="destination"/>, which is emptied before, with each file as <paramref name="render"/> makes it of its path and text.</summary>
    public static async Task CopyAsync(
        string source, string destination, Func<string, string, string> render, IReadOnlySet<string> resources, CancellationToken cancellationToken)
    {
        if (Directory.Exists(destination))
            Directory.Delete(destination, recursive: true);
        Directory.CreateDirectory(destination);

        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(source, file);
            if (IsLeftOut(relative, resources))
                continue;
            var target = Path.Combine(destination, relative);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            var text = await File.ReadAllTextAsync(file, cancellationToken);
            await File.WriteAllTextAsync(target, render(relative, text), cancellationToken);
        }
    }

    /// <summary>Writes a secret that nobody but those whom <paramref name="mode"/> names could ever read.</summary>
    public static async Task WriteSecretAsync(string folder, string name, string value, UnixFileMode mode, CancellationToken cancellationToken)
    {
        Storage.CreateOwnerOnly(folder);
        var path = Path.Combine(folder, name);
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = mode;
        await using var writer = new StreamWriter(path, options);
        await writer.WriteAsync(value.AsMemory(), cancellationToken);
    }

    // orchestrator:8080 in "http://orchestrator:8080/workers/targets", but not in "my-orchestrator:8080" or "job_name: orchestrator".
    [GeneratedRegex(@"(?<![\w.-])[a-z][a-z0-9-]*:\d+\b")]
    private static partial Regex NameAndPort();
}
