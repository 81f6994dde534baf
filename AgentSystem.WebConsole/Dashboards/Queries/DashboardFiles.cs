using System.Collections.Concurrent;
using AgentSystem.WebConsole.Dashboards.Model;
using Microsoft.Extensions.Options;

namespace AgentSystem.WebConsole.Dashboards.Queries;

/// <summary>Where the dashboards are.</summary>
public sealed class DashboardOptions
{
    /// <summary>The environment variable for <see cref="Folder"/>, the same as Grafana's provisioning uses.</summary>
    public const string Variable = "DASHBOARDS_DIR";

    /// <summary>A folder of JSON files; by default the one that was built into the console.</summary>
    public string Folder { get; set; } = Path.Combine(AppContext.BaseDirectory, "dashboards");
}

/// <summary>A file and the dashboard in it, or what is wrong with it.</summary>
/// <param name="Version">Changes with the file.</param>
public sealed record DashboardFile(string Name, Dashboard? Dashboard, string? Error, string Version);

/// <summary>The dashboards of the folder, read again when a file changes.</summary>
public sealed class DashboardFiles(IOptions<DashboardOptions> options)
{
    private readonly ConcurrentDictionary<string, DashboardFile> _read = new(StringComparer.Ordinal);

    /// <summary>The folder.</summary>
    public string Folder => options.Value.Folder;

    /// <summary>All files, by the title of what is in them.</summary>
    public IReadOnlyList<DashboardFile> All()
    {
        if (!Directory.Exists(Folder))
            return [];
        var files = Directory.EnumerateFiles(Folder, "*.json").Order(StringComparer.Ordinal).Select(Read).ToList();
        // Two files with one uid: Grafana refuses both; here the first holds and the other says why it is not shown.
        var taken = new HashSet<string>(StringComparer.Ordinal);
        return [.. files.Select(f => f.Dashboard is { } d && !taken.Add(d.Uid) ? f with { Dashboard = null, Error = $"{f.Name}: another file has the uid '{d.Uid}' already." } : f)
            .OrderBy(f => f.Dashboard?.Title ?? f.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>The dashboard with this uid, or null.</summary>
    public DashboardFile? Find(string uid) => All().FirstOrDefault(f => f.Dashboard?.Uid == uid);

    private DashboardFile Read(string path)
    {
        var name = Path.GetFileName(path);
        try
        {
            var info = new FileInfo(path);
            var version = $"{info.LastWriteTimeUtc.Ticks:x}-{info.Length:x}";
            if (_read.TryGetValue(path, out var known) && known.Version == version)
                return known;
            DashboardFile file;
            try
            {
                file = new(name, DashboardReader.Read(File.ReadAllText(path), name), null, version);
            }
            catch (DashboardException e)
            {
                file = new(name, null, e.Message, version);
            }
            return _read[path] = file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(name, null, $"{name} cannot be read: {e.Message}", "");
        }
    }
}
