using System.Xml.Linq;

namespace AgentSystem.Tests.Architecture;

/// <summary>
/// The rooms of the system and what each may use. This table is the law; a project that needs more changes it here, in the open.
/// </summary>
internal static class Rooms
{
    /// <summary>Room → the rooms it may reference.</summary>
    internal static readonly IReadOnlyDictionary<string, string[]> MayReference = new Dictionary<string, string[]>
    {
        ["AgentSystem.Protocol"] = [],
        ["AgentSystem.EmbeddedHost"] = [],
        // Names have one home, and the instrumentation API speaks of tasks: so the defaults know the protocol.
        ["AgentSystem.ServiceDefaults"] = ["AgentSystem.Protocol"],
        ["Orchestrator"] = ["AgentSystem.Protocol", "AgentSystem.ServiceDefaults"],
        ["Workers"] = ["AgentSystem.Protocol", "AgentSystem.ServiceDefaults"],
        ["Alerting"] = ["AgentSystem.ServiceDefaults"],
        ["AgentSystem.TelemetryStore"] = ["AgentSystem.ServiceDefaults"],
        // Reads what the others tell over HTTP, as any other program could.
        ["AgentSystem.WebConsole"] = ["AgentSystem.ServiceDefaults"],
        ["AgentSystem.Cli"] = ["AgentSystem.Protocol"],
        // The services are resources of the AppHost, not libraries: it starts them and never links them.
        ["AgentSystem.AppHost"] = ["AgentSystem.EmbeddedHost"],
    };

    /// <summary>Room → the package families it may use, by the beginning of the name; a room that is not listed may use any.</summary>
    internal static readonly IReadOnlyDictionary<string, string[]> MayUsePackages = new Dictionary<string, string[]>
    {
        ["AgentSystem.Protocol"] = ["OpenTelemetry.Api"],
        ["AgentSystem.ServiceDefaults"] =
            ["OpenTelemetry", "prometheus-net", "Serilog", "Polly", "Microsoft.Extensions.Http.Resilience", "Microsoft.Extensions.ServiceDiscovery"],
        ["AgentSystem.AppHost"] = ["Aspire."],
    };

    internal static string Root { get; } = FindRoot();

    /// <summary>Every room's project file, by room.</summary>
    internal static IReadOnlyDictionary<string, XDocument> Projects { get; } = Directory
        .EnumerateFiles(Root, "*.csproj", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 })
        .Where(path => Path.GetFileNameWithoutExtension(path) is not ("AgentSystem.Tests" or "AgentSystem.Benchmarks"))
        .ToDictionary(path => Path.GetFileNameWithoutExtension(path), path => XDocument.Load(path));

    /// <summary>The rooms that a project links against; a reference whose output is not linked is a resource.</summary>
    internal static IEnumerable<string> References(string room) => Projects[room].Descendants("ProjectReference")
        .Where(r => room != "AgentSystem.AppHost" || Path.GetFileNameWithoutExtension(Include(r)) == "AgentSystem.EmbeddedHost")
        .Select(r => Path.GetFileNameWithoutExtension(Include(r)));

    internal static IEnumerable<string> Packages(string room) => Projects[room].Descendants("PackageReference").Select(Include);

    private static string Include(XElement item) => (item.Attribute("Include")?.Value ?? "").Replace('\\', '/');

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "AgentSystem.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("AgentSystem.sln was not found above the tests.");
    }
}
