using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AgentSystem.Tests.Hosting;

/// <summary>Each test has a host of its own with tiny programs as resources.</summary>
public sealed class EngineTests
{
    [RunFact]
    public async Task output_is_kept_and_expressions_are_resolved()
    {
        var builder = Hosts.Builder("--Parameters:secret=s3");
        var secret = builder.AddParameter("secret", secret: true);
        var echo = builder.AddExecutable("echo", "sh", ".", "-c", "echo \"$SECRET $URL $PORT $0\"").WithHttpEndpoint(env: "PORT");
        echo.WithEnvironment("SECRET", secret).WithEnvironment("URL", $"{echo.GetEndpoint("http")}/x")
            .WithArgs(ReferenceExpression.Create($"port-{echo.GetEndpoint("http").Property(EndpointProperty.TargetPort)}"));
        await using var app = await builder.StartAsync();
        await app.UntilAsync("echo", KnownResourceStates.Finished);

        var words = (await app.LogOfAsync("echo")).Split(' ');
        Assert.Equal(["s3", $"{app.GetEndpoint("echo")}x", words[2], $"port-{words[2]}"], words);
    }

    [RunFact]
    public async Task each_line_of_output_begins_with_its_time()
    {
        var builder = Hosts.Builder();
        var echo = builder.AddExecutable("echo", "sh", ".", "-c", "echo said; echo failed >&2");
        await using var app = await builder.StartAsync();
        await app.UntilAsync("echo", KnownResourceStates.Finished);

        var lines = new List<LogLine>();
        await foreach (var some in app.Services.GetRequiredService<ResourceLoggerService>().GetAllAsync(echo.Resource))
            lines.AddRange(some);
        // Two streams: which of them is heard first nobody can say.
        Assert.Equal([("failed", true), ("said", false)], lines.Select(line => (Hosts.Said(line), line.IsErrorMessage)).Order());
        Assert.All(lines, line => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z ", line.Content));
    }

    [RunFact]
    public async Task who_watches_output_sees_what_was_said_and_then_what_is_said()
    {
        using var folder = new TempFolder();
        var builder = Hosts.Builder();
        var talker = builder.AddExecutable("talker", "sh", folder.Path, "-c", "echo first; while [ ! -e go ]; do sleep 0.02; done; echo second; sleep 100");
        await using var app = await builder.StartAsync();
        var logs = app.Services.GetRequiredService<ResourceLoggerService>();
        var subscriber = FirstSubscriberAsync(logs);

        var seen = new List<LogLine>();
        await foreach (var lines in logs.WatchAsync(talker.Resource))
        {
            seen.AddRange(lines);
            await File.WriteAllTextAsync(folder["go"], "");
            if (seen.Count == 2)
                break;
        }

        Assert.Equal([(1, "first"), (2, "second")], seen.Select(line => (line.LineNumber, Hosts.Said(line))));
        Assert.StartsWith("talker", (await subscriber.WaitAsync(Hosts.Limit)).Name, StringComparison.Ordinal);

        static async Task<LogSubscriber> FirstSubscriberAsync(ResourceLoggerService logs)
        {
            await foreach (var one in logs.WatchAnySubscribersAsync())
            {
                if (one.AnySubscribers)
                    return one;
            }

            throw new InvalidOperationException("Nobody watched.");
        }
    }

    [RunFact]
    public async Task what_a_host_says_of_a_resource_is_in_its_output()
    {
        var builder = Hosts.Builder();
        var sleeper = builder.AddExecutable("sleeper", "sleep", ".", "100");
        await using var app = await builder.StartAsync();

        var logger = app.Services.GetRequiredService<ResourceLoggerService>().GetLogger(sleeper.Resource);
        logger.Log(Microsoft.Extensions.Logging.LogLevel.Information, default, "from the host", null, (text, _) => text);

        Assert.Contains("from the host", await app.LogOfAsync("sleeper"), StringComparison.Ordinal);
    }

    [RunFact]
    public async Task a_missing_program_fails_alone()
    {
        var builder = Hosts.Builder();
        builder.AddExecutable("missing", "no-such-program", ".");
        builder.AddExecutable("free", "true", ".");
        await using var app = await builder.StartAsync();

        await app.UntilAsync("missing", KnownResourceStates.FailedToStart);
        await app.UntilAsync("free", KnownResourceStates.Finished);
    }

    [RunFact]
    public async Task whoever_watches_late_is_told_of_every_resource_as_it_is()
    {
        var builder = Hosts.Builder();
        builder.AddExecutable("one", "sleep", ".", "100");
        builder.AddExecutable("two", "sleep", ".", "100");
        await using var app = await builder.StartAsync();
        await app.UntilAsync("one", KnownResourceStates.Running);
        await app.UntilAsync("two", KnownResourceStates.Running);

        var seen = new HashSet<string>();
        await foreach (var e in app.ResourceNotifications.WatchAsync())
        {
            if (e.Snapshot.State?.Text == KnownResourceStates.Running && e.Resource is ExecutableResource)
                seen.Add(e.Resource.Name);
            if (seen.Count == 2)
                break;
        }
    }

    [RunFact]
    public async Task what_code_publishes_of_a_resource_is_known_of_it()
    {
        var builder = Hosts.Builder();
        var sleeper = builder.AddExecutable("sleeper", "sleep", ".", "100").WithExplicitStart();
        await using var app = await builder.StartAsync();

        await app.ResourceNotifications.PublishUpdateAsync(sleeper.Resource, s => s with { State = "Dreaming" });

        Assert.Equal("Dreaming", await app.ResourceNotifications.WaitForResourceAsync("SLEEPER", ["Dreaming", "Awake"]).WaitAsync(Hosts.Limit));
    }

    [RunFact]
    public async Task people_are_shown_the_addresses_and_what_was_made_of_them()
    {
        var builder = Hosts.Builder();
        builder.AddTinyServer("server").WithUrlForEndpoint("http", url =>
        {
            url.DisplayText = "API";
            url.Url = "/docs";
        }).WithUrl("https://example.org/", "Manual");
        await using var app = await builder.StartAsync();

        var address = app.GetEndpoint("server", "http").ToString();
        var urls = (await app.UntilAsync("server", e => e.Snapshot.State?.Text == KnownResourceStates.Running && e.Snapshot.Urls.Length == 2)).Snapshot.Urls;
        Assert.Equal(
            [("http", $"{address}docs", "API"), (null, "https://example.org/", "Manual")],
            urls.OrderBy(url => url.Name is null).Select(url => (url.Name, url.Url, url.DisplayProperties.DisplayName)));
    }
}
