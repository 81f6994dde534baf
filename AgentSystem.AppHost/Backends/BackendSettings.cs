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

    /// <summary>Replaces <c>name:port</c> wherever <paramref name="addresses"/> knows the name.</summary>
    public static string Render(string text, IReadOnlyDictionary<string, string> addresses) =>
        NameAndPort().Replace(text, match => addresses.GetValueOrDefault(match.Groups["name"].Value, match.Value));

    /// <summary>
    /// Copies <paramref name="source"/> to <paramref name="destination"/>, which is emptied before, with the run's <paramref name="addresses"/>,
    /// and puts the <paramref name="secrets"/> beside it: each a file below <c>secrets/</c> with <paramref name="secretMode"/>.
    /// </summary>
    public static async Task CopyAsync(
        string source, string destination, IReadOnlyDictionary<string, string> addresses, IReadOnlyDictionary<string, string> secrets,
        UnixFileMode secretMode, CancellationToken cancellationToken)
    {
        if (Directory.Exists(destination))
            Directory.Delete(destination, recursive: true);
        Directory.CreateDirectory(destination);

        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(source, file);
            if (Path.GetDirectoryName(relative) == Targets && !addresses.ContainsKey(Path.GetFileNameWithoutExtension(file)))
                continue;
            var target = Path.Combine(destination, relative);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            var text = await File.ReadAllTextAsync(file, cancellationToken);
            await File.WriteAllTextAsync(target, Render(text, addresses), cancellationToken);
        }

        var folder = Path.Combine(destination, "secrets");
        Directory.CreateDirectory(folder);
        foreach (var (name, value) in secrets)
            await WriteSecretAsync(Path.Combine(folder, name), value, secretMode, cancellationToken);
    }

    private static async Task WriteSecretAsync(string path, string value, UnixFileMode mode, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = mode;
        await using var writer = new StreamWriter(path, options);
        await writer.WriteAsync(value.AsMemory(), cancellationToken);
    }

    // orchestrator:8080 in "http://orchestrator:8080/workers/targets", but not in "my-orchestrator:8080" or "job_name: orchestrator".
    [GeneratedRegex(@"(?<![\w.-])(?<name>[a-z][a-z0-9-]*):\d+\b", RegexOptions.ExplicitCapture)]
    private static partial Regex NameAndPort();
}
