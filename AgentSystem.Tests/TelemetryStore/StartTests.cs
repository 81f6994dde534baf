using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.TelemetryStore;

public sealed class StartTests
{
    [Fact]
    public async Task The_store_starts_on_its_three_addresses_without_a_warning()
    {
        using var folder = new TempFolder();
        using var store = await StoreProcess.StartAsync(folder);
        using var http = StoreHost.NewClient(store.Url);

        Assert.Equal("ready\n", await http.GetStringAsync("/ready"));
        Assert.Empty(store.Warnings);
    }
}
