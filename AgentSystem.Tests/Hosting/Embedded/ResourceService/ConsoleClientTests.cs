using AgentSystem.WebConsole.Backends;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ConsoleClient = AgentSystem.WebConsole.Backends.ResourceServiceClient;

namespace AgentSystem.Tests.Hosting.Embedded.ResourceService;

/// <summary>The console reads what the host writes.</summary>
public sealed class ConsoleClientTests
{
    [Fact]
    public async Task The_console_understands_the_host()
    {
        var builder = ResourceServiceClient.Builder("--Parameters:password=a-secret");
        builder.AddExecutable("talker", "sh", ".", "-c", "echo hello; exec sleep 100")
            .WithEnvironment("PASSWORD", builder.AddParameter("password", secret: true))
            .WithCommand("greet", "Greet", _ => Task.FromResult(CommandResults.Success("hi")));
        await using var app = await builder.StartAsync();
        await app.UntilAsync("talker", KnownResourceStates.Running);
        var client = ClientOf(app);
        using var limit = new CancellationTokenSource(Hosts.Limit);

        var talker = (await client.ResourcesAsync(limit.Token)).Value!.Single(resource => resource.Name == "talker");
        Assert.Equal(("Running", "healthy", "Executable"), (talker.State, talker.Health, talker.Type));
        Assert.NotNull(talker.StartedAt);
        Assert.Equal((true, null), talker.Environment.Where(variable => variable.Name == "PASSWORD").Select(variable => (variable.Secret, variable.Value)).Single());
        Assert.Equal(["greet", "restart", "start", "stop"], talker.Commands.Select(command => command.Name).Order());
        Assert.Equal(new CommandOutcome("succeeded", "hi"), (await client.ExecuteAsync(talker.Id, "greet", limit.Token)).Value);

        using var over = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        var line = new TaskCompletionSource<OutputLine>();
        var following = client.FollowOutputAsync(talker.Id, 10, lines => _ = lines is [var first, ..] && line.TrySetResult(first), over.Token);
        Assert.Equal((1, "hello", false), await line.Task.WaitAsync(limit.Token) is var (number, _, text, isError) ? (number, text, isError) : default);
        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
        Assert.EndsWith(" hello\n", (await client.OutputAsync(talker.Id, limit.Token)).Value, StringComparison.Ordinal);

        Assert.Equal(ProblemKind.NotFound, (await client.ExecuteAsync(talker.Id, "fly", limit.Token)).Problem?.Kind);
        Assert.Equal(ProblemKind.NotFound, (await client.OutputAsync("nobody", limit.Token)).Problem?.Kind);
    }

    [Fact]
    public async Task A_wrong_key_is_refused_and_a_host_that_has_gone_is_down()
    {
        var app = await ResourceServiceClient.Builder().StartAsync();
        var (client, stranger) = (ClientOf(app), ClientOf(app, "wrong"));

        Assert.Contains("The key is missing or wrong.", (await stranger.ResourcesAsync()).Problem?.Text, StringComparison.Ordinal);
        Assert.True((await client.ResourcesAsync()).IsData);
        await app.DisposeAsync();

        Assert.Equal(ProblemKind.Down, (await client.ResourcesAsync()).Problem?.Kind);
    }

    private static ConsoleClient ClientOf(DistributedApplication app, string? key = null)
    {
        var configuration = app.Services.GetRequiredService<IConfiguration>();
        return new(
            new Clients(configuration["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"]!, key ?? configuration["AppHost:ResourceService:ApiKey"]!), new(TimeProvider.System), TimeProvider.System);
    }

    private sealed class Clients(string url, string key) : IHttpClientFactory
    {
        public HttpClient CreateClient(string name)
        {
            var client = new HttpClient { BaseAddress = new(url + "/") };
            client.DefaultRequestHeaders.Add(ConsoleClient.KeyHeader, key);
            return client;
        }
    }
}
