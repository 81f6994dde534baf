using System.Net;
using System.Text.Json;
using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace AgentSystem.Tests.Hosting.Embedded.ResourceService;

public sealed class ResourceLogsTests
{
    [Fact]
    public async Task output_comes_with_number_time_and_origin_and_goes_on_after_a_restart()
    {
        var builder = ResourceServiceClient.Builder();
        builder.AddExecutable("talker", "sh", ".", "-c", "echo pid $$; echo wrong >&2; exec sleep 100");
        await using var app = await builder.StartAsync();
        using var client = ResourceServiceClient.For(app);
        var before = DateTime.UtcNow.AddMinutes(-1);

        var lines = new List<JsonElement>();
        await foreach (var batch in client.EventsAsync("/resources/talker/logs/events"))
        {
            lines.AddRange(batch.EnumerateArray());
            if (lines.Count == 2)
                await client.CommandAsync("talker", "restart");
            if (lines.Count == 4)
                break;
        }

        Assert.Equal(["1", "2", "3", "4"], lines.Select(line => line.Text("line")));
        Assert.All(lines, line => Assert.InRange(line.GetProperty("time").GetDateTime(), before, DateTime.UtcNow.AddMinutes(1)));
        Assert.All(lines, line => Assert.Equal(line.Text("text") == "wrong", line.GetProperty("is_error").GetBoolean()));
        Assert.Equal(2, lines.Select(line => line.Text("text")).Where(text => text!.StartsWith("pid", StringComparison.Ordinal)).Distinct().Count());
    }

    [Fact]
    public async Task whoever_wants_the_last_lines_only_gets_those()
    {
        var builder = ResourceServiceClient.Builder();
        builder.AddExecutable("talker", "seq", ".", "1", "100");
        await using var app = await builder.StartAsync();
        using var client = ResourceServiceClient.For(app);
        await Eventually.True(async () => (await app.LogOfAsync("talker")).EndsWith("100", StringComparison.Ordinal));

        var last = await client.UntilAsync("/resources/talker/logs/events?tail=2", _ => true);

        Assert.Equal([("99", "99"), ("100", "100")], last.EnumerateArray().Select(line => (line.Text("line"), line.Text("text"))));
        Assert.Equal(100, (await client.Http.GetStringAsync("/resources/talker/logs")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData("/resources/nobody/logs", HttpStatusCode.NotFound)]
    [InlineData("/resources/nobody/logs/events", HttpStatusCode.NotFound)]
    [InlineData("/resources/talker/logs/events?tail=x", HttpStatusCode.BadRequest)]
    [InlineData("/resources/talker/logs/events?tail=-1", HttpStatusCode.BadRequest)]
    public async Task a_question_that_has_no_answer_is_told_so(string path, HttpStatusCode status)
    {
        var builder = ResourceServiceClient.Builder();
        builder.AddExecutable("talker", "true", ".");
        await using var app = await builder.StartAsync();
        using var client = ResourceServiceClient.For(app);

        using var response = await client.Http.GetAsync(path);

        Assert.Equal((status, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task a_client_that_goes_is_forgotten()
    {
        var builder = ResourceServiceClient.Builder();
        builder.AddExecutable("talker", "sh", ".", "-c", "echo here; exec sleep 100");
        await using var app = await builder.StartAsync();
        using var client = ResourceServiceClient.For(app);
        using var limit = new CancellationTokenSource(Hosts.Limit);
        await using var subscribers = app.Services.GetRequiredService<ResourceLoggerService>().WatchAnySubscribersAsync(limit.Token).GetAsyncEnumerator(limit.Token);

        await client.UntilAsync("/resources/talker/logs/events", _ => true);

        Assert.True(await subscribers.MoveNextAsync() && subscribers.Current.AnySubscribers);
        Assert.True(await subscribers.MoveNextAsync() && !subscribers.Current.AnySubscribers);
    }
}
