using System.Reflection;
using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.Testing;

namespace AgentSystem.Tests.Hosting.Contract;

/// <summary>The contract, and what the engine that the tests are built with offers.</summary>
internal static class Contract
{
    private static readonly string ContractFile = Path.Combine(Repository.Root, "AgentSystem.Tests", "Hosting", "Contract", "Contract.tsv");

    public static HashSet<string> Listed() => [.. Read().Select(line => $"{line.Type}\t{line.Member}")];

    public static HashSet<string> Offered() => [.. PublicApi.Of(Engines()).SelectMany(type => type.Value.Select(member => $"{type.Key}\t{member}"))];

    public static (string Type, string Member, string Mirrors)[] Read() =>
        [.. File.ReadAllLines(ContractFile).Skip(1).Select(line => line.Split('\t')).Select(cells => (cells[0], cells[1], cells[2]))];

    /// <summary>Lists what the engine offers now. It keeps what is known of sources; what is new is to be filled in by hand.</summary>
    public static void Write()
    {
        var sources = File.Exists(ContractFile) ? Read().DistinctBy(line => line.Type).ToDictionary(line => line.Type, line => line.Mirrors) : [];
        File.WriteAllLines(ContractFile, PublicApi.Of(Engines())
            .SelectMany(type => type.Value.Select(member => $"{type.Key}\t{member}\t{sources.GetValueOrDefault(type.Key, "?")}"))
            .Prepend("type\tmember\tmirrors (microsoft/aspire, tag v13.5.2)"));
    }

    public static void AssertNone(string what, IEnumerable<string> lines)
    {
        var found = lines.Order(StringComparer.Ordinal).ToArray();
        Assert.True(found.Length == 0, $"{found.Length} {what}:\n{string.Join('\n', found)}");
    }

    /// <summary>The embedded host is one assembly; Aspire's part of the same API is in three.</summary>
    private static IEnumerable<Assembly> Engines() => new[]
    {
        typeof(DistributedApplication), typeof(DistributedApplicationTestingBuilder), typeof(DockerComposeEnvironmentExtensions),
    }.Select(type => type.Assembly).Distinct();
}
