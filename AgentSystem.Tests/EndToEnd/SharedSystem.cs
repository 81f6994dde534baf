namespace AgentSystem.Tests.EndToEnd;

/// <summary>One running system for the tests that leave it as it is.</summary>
[CollectionDefinition(Name)]
public sealed class SharedSystem : ICollectionFixture<SharedSystem>, IAsyncLifetime
{
    public const string Name = "a running system";

    public RunningSystem System { get; private set; } = null!;

    public async Task InitializeAsync() => System = await RunningSystem.StartAsync(Simulation.Enable);

    public async Task DisposeAsync() => await System.DisposeAsync();
}
