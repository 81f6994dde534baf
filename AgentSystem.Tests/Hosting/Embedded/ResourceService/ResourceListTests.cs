using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace AgentSystem.Tests.Hosting.Embedded.ResourceService;

public sealed class ResourceListTests
{
    [Fact]
    public async Task a_resource_is_shown_with_its_health_addresses_relationships_and_commands()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["sick"], "");
        var builder = ResourceServiceClient.Builder();
        var server = builder.AddTinyServer("server", folder.Path).WithHttpHealthCheck("/health").WithUrlForEndpoint("http", url => url.DisplayText = "API")
            .WithCommand("greet", "Greet", _ => Task.FromResult(CommandResults.Success()), new CommandOptions { Description = "Says hello.", ConfirmationMessage = "Really?", IconName = "Hand" });
        builder.AddExecutable("after", "true", ".").WaitFor(server);
        await using var app = await builder.StartAsync();
        using var client = ResourceServiceClient.For(app);

        var sick = await client.UntilAsync("/resources/events", r => r.Text("name") == "server"
            && r.GetProperty("health_reports")[0].Text("description")?.Contains("503", StringComparison.Ordinal) == true);
        Assert.Equal("unhealthy", sick.Text("health"));
        Assert.NotNull(sick.GetProperty("health_reports")[0].Text("last_run_at"));
        File.Delete(folder["sick"]);
        await client.UntilAsync("/resources/events", r => r.Text("name") == "after" && r.Text("state") == "Finished" && r.Text("exit_code") == "0");

        var resources = await client.ResourcesAsync();
        var shown = resources.Single(r => r.Text("name") == "server");
        Assert.Equal(("Running", "healthy", "Executable"), (shown.Text("state"), shown.Text("health"), shown.Text("type")));
        Assert.StartsWith("server-", shown.Text("id"), StringComparison.Ordinal);
        Assert.Equal((app.GetEndpointUrl("server"), "API"), (shown.GetProperty("urls")[0].Text("address"), shown.GetProperty("urls")[0].Text("display_name")));
        Assert.True(int.Parse(shown.Named("properties", "executable.pid").Text("value")!, System.Globalization.CultureInfo.InvariantCulture) > 1);
        var greet = shown.Named("commands", "greet");
        Assert.Equal(("Greet", "Says hello.", "enabled", "Really?", "Hand"), (greet.Text("display_name"), greet.Text("description"), greet.Text("state"), greet.Text("confirmation"), greet.Text("icon")));
        Assert.Equal("hidden", shown.Named("commands", "start").Text("state"));
        Assert.Contains(resources.Single(r => r.Text("name") == "after").GetProperty("relationships").EnumerateArray(), r => r.Text("resource") == "server" && r.Text("type") == "WaitFor");
    }

    [Fact]
    public async Task each_replica_is_shown_by_itself()
    {
        var builder = ResourceServiceClient.Builder();
        builder.AddExecutable("sleepers", "sleep", ".", "100").WithAnnotation(new ReplicaAnnotation(2));
        await using var app = await builder.StartAsync();
        using var client = ResourceServiceClient.For(app);

        var ids = (await client.ResourcesAsync()).Where(r => r.Text("name") == "sleepers").Select(r => r.Text("id")).ToHashSet();

        Assert.Equal(2, ids.Count);
        using var ambiguous = await client.Http.GetAsync("/resources/sleepers/logs");
        Assert.Equal(System.Net.HttpStatusCode.NotFound, ambiguous.StatusCode);
        Assert.Contains("several replicas", await ambiguous.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_change_is_told_to_those_who_listen()
    {
        var builder = ResourceServiceClient.Builder();
        builder.AddExecutable("sleeper", "sleep", ".", "100").WithExplicitStart();
        await using var app = await builder.StartAsync();
        using var client = ResourceServiceClient.For(app);

        var seen = new List<string>();
        await foreach (var resource in client.EventsAsync("/resources/events"))
        {
            seen.Add(resource.Text("state") ?? "");
            if (seen.Count == 1)
                await client.CommandAsync("sleeper", "start");
            if (seen[^1] == "Running")
                break;
        }

        Assert.Equal("NotStarted", seen[0]);
    }
}

internal static class EndpointUrls
{
    public static string GetEndpointUrl(this DistributedApplication app, string name) => ((IResourceWithEndpoints)app.Resource(name)).GetEndpoint("http").Url;
}
