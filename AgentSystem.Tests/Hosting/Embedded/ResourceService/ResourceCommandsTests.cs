using System.Net;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace AgentSystem.Tests.Hosting.Embedded.ResourceService;

public sealed class ResourceCommandsTests
{
    [Fact]
    public async Task a_resource_can_be_stopped_started_and_restarted()
    {
        var builder = ResourceServiceClient.Builder();
        builder.AddExecutable("sleeper", "sleep", ".", "100");
        await using var app = await builder.StartAsync();
        using var client = ResourceServiceClient.For(app);
        var id = (await app.UntilAsync("sleeper", KnownResourceStates.Running)).ResourceId;

        Assert.Equal("succeeded", (await client.CommandAsync(id, "stop")).Text("outcome"));
        Assert.Equal("Finished", (await client.ResourcesAsync()).Single().Text("state"));
        using var again = await client.Http.PostAsync($"/resources/{id}/commands/stop", null);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Contains("Finished", await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        Assert.Equal("succeeded", (await client.CommandAsync(id, "start")).Text("outcome"));
        var first = await ProcessAsync(null);
        Assert.Equal("succeeded", (await client.CommandAsync(id, "restart")).Text("outcome"));
        Assert.NotEqual(first, await ProcessAsync(first));

        async Task<string?> ProcessAsync(string? before) => (await client.UntilAsync(
            "/resources/events", r => r.Text("state") == "Running" && r.Named("properties", "executable.pid").Text("value") != before)).Named("properties", "executable.pid").Text("value");
    }

    [Fact]
    public async Task a_command_of_ones_own_says_how_it_went()
    {
        var builder = ResourceServiceClient.Builder();
        builder.AddExecutable("worker", "sleep", ".", "100")
            .WithCommand("greet", "Greet", context => Task.FromResult(CommandResults.Success($"hello from {context.ResourceName}")))
            .WithCommand("fail", "Fail", _ => throw new InvalidOperationException("no way"))
            .WithCommand("cancel", "Cancel", _ => throw new OperationCanceledException())
            .WithCommand("off", "Off", _ => Task.FromResult(CommandResults.Success()), new CommandOptions { UpdateState = _ => ResourceCommandState.Disabled });
        await using var app = await builder.StartAsync();
        using var client = ResourceServiceClient.For(app);
        var id = (await app.UntilAsync("worker", KnownResourceStates.Running)).ResourceId;

        Assert.Equal($"hello from {id}", (await client.CommandAsync(id, "greet")).Text("message"));
        var failed = await client.CommandAsync("worker", "fail");
        Assert.Equal(("failed", "no way"), (failed.Text("outcome"), failed.Text("message")));
        Assert.Equal("canceled", (await client.CommandAsync(id, "cancel")).Text("outcome"));
        using var off = await client.Http.PostAsync($"/resources/{id}/commands/off", null);
        Assert.Equal(HttpStatusCode.Conflict, off.StatusCode);
    }

    [Theory]
    [InlineData("/resources/nobody/commands/stop", "nobody")]
    [InlineData("/resources/worker/commands/fly", "It has: start, stop, restart")]
    public async Task what_is_not_there_cannot_be_told_anything(string path, string says)
    {
        var builder = ResourceServiceClient.Builder();
        builder.AddExecutable("worker", "sleep", ".", "100");
        await using var app = await builder.StartAsync();
        using var client = ResourceServiceClient.For(app);

        using var response = await client.Http.PostAsync(path, null);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains(says, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
