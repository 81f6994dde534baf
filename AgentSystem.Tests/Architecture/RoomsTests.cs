using System.Reflection;
using Mono.Cecil;

namespace AgentSystem.Tests.Architecture;

public sealed class RoomsTests
{
    public static TheoryData<string> AllRooms => [.. Rooms.Projects.Keys.Order(StringComparer.Ordinal)];

    [Fact]
    public void Every_project_is_a_room_of_the_table() =>
        Assert.Equal(Rooms.MayReference.Keys.Order(StringComparer.Ordinal), Rooms.Projects.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(AllRooms))]
    public void A_room_references_only_what_the_table_allows(string room) =>
        Assert.Empty(Rooms.References(room).Except(Rooms.MayReference[room]));

    [Theory]
    [MemberData(nameof(AllRooms))]
    public void A_room_uses_only_the_packages_that_the_table_allows(string room)
    {
        if (Rooms.MayUsePackages.TryGetValue(room, out var allowed))
            Assert.DoesNotContain(Rooms.Packages(room), package => !allowed.Any(a => package.StartsWith(a, StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public void The_protocol_knows_no_web_framework()
    {
        using var module = ModuleDefinition.ReadModule(typeof(AgentSystem.Protocol.AgentTask).Assembly.Location);
        Assert.DoesNotContain(module.AssemblyReferences, reference =>
            reference.Name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || reference.Name.StartsWith("Microsoft.Extensions", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("AgentSystem.Protocol")]
    [InlineData("AgentSystem.ServiceDefaults")]
    [InlineData("Orchestrator")]
    [InlineData("Workers")]
    [InlineData("Alerting")]
    [InlineData("AgentSystem.TelemetryStore")]
    [InlineData("AgentSystem.WebConsole")]
    [InlineData("agentctl")]
    public void No_two_namespaces_of_a_room_use_each_other(string assembly)
    {
        var folder = Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!;
        Assert.Empty(NamespaceGraph.Read(Path.Combine(folder, assembly + ".dll")).Cycles());
    }
}
