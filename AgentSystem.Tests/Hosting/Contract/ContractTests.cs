using System.Reflection;
using AgentSystem.AppHost;
using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.Testing;

namespace AgentSystem.Tests.Hosting.Contract;

/// <summary>
/// <c>Contract.tsv</c> lists every public type and member of the embedded host, and for each type the source file of the one in
/// microsoft/aspire (tag v13.5.2) that it mirrors. The embedded host has exactly these; Aspire has all of them.
/// </summary>
public sealed class ContractTests
{
    /// <summary>Set to 1, it has the list written anew instead of compared.</summary>
    private const string WriteVariable = "WRITE_CONTRACT";

    private static readonly string ContractFile = Path.Combine(Repository.Root, "AgentSystem.Tests", "Hosting", "Contract", "Contract.tsv");

    [Fact]
    public void The_engine_keeps_the_contract()
    {
        var api = PublicApi.Of(Engines());
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1")
            Write(api);
        var contract = Read();
        var actual = api.SelectMany(type => type.Value.Select(member => $"{type.Key}\t{member}")).ToHashSet();
        var listed = contract.Select(line => $"{line.Type}\t{line.Member}").ToHashSet();

        Assert.True(listed.Count > 500, "the contract is not there");
        AssertNone("in the contract, but not in the engine", listed.Except(actual));
        if (Engine.Name != Engine.Aspire)
            AssertNone($"in the embedded engine, but not in the contract (should it be? then {WriteVariable}=1)", actual.Except(listed));
    }

    [Fact]
    public void Every_type_says_what_it_mirrors() =>
        Assert.All(Read(), line => Assert.StartsWith("src/Aspire.Hosting", line.Mirrors, StringComparison.Ordinal));

    /// <summary>The embedded host is one assembly; Aspire's part of the same API is in three.</summary>
    private static IEnumerable<Assembly> Engines() => new[]
    {
        typeof(DistributedApplication), typeof(DistributedApplicationTestingBuilder), typeof(DockerComposeEnvironmentExtensions),
    }.Select(type => type.Assembly).Distinct();

    private static void AssertNone(string what, IEnumerable<string> lines)
    {
        var found = lines.Order(StringComparer.Ordinal).ToArray();
        Assert.True(found.Length == 0, $"{found.Length} {what}:\n{string.Join('\n', found)}");
    }

    private static (string Type, string Member, string Mirrors)[] Read() =>
        [.. File.ReadAllLines(ContractFile).Skip(1).Select(line => line.Split('\t')).Select(cells => (cells[0], cells[1], cells[2]))];

    /// <summary>Keeps what is known of sources; what is new is to be filled in by hand.</summary>
    private static void Write(SortedDictionary<string, SortedSet<string>> api)
    {
        var sources = File.Exists(ContractFile) ? Read().DistinctBy(line => line.Type).ToDictionary(line => line.Type, line => line.Mirrors) : [];
        File.WriteAllLines(ContractFile, api.SelectMany(type => type.Value.Select(member => $"{type.Key}\t{member}\t{sources.GetValueOrDefault(type.Key, "?")}"))
            .Prepend("type\tmember\tmirrors (microsoft/aspire, tag v13.5.2)"));
    }
}
