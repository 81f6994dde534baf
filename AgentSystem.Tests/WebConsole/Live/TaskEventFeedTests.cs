using System.Text.Json;
using AgentSystem.Protocol.Api;
using AgentSystem.Tests.Support;
using AgentSystem.Tests.WebConsole.Backends;
using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Live;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentSystem.Tests.WebConsole.Live;

public sealed class TaskEventFeedTests
{
    [Fact]
    public async Task One_who_fails_to_take_an_event_in_ends_the_feed_for_nobody()
    {
        var events = Enumerable.Range(1, 2).Select(seq => JsonSerializer.Serialize(new TaskEvent(seq, "x", "active", "marie", 1, default, null, null, null), ApiJson.Default.TaskEvent));
        using var server = new HalfAnAnswer($"200 OK\r\nContent-Type: text/event-stream\r\n\r\n{string.Concat(events.Select(data => $"data: {data}\n\n"))}");
        var host = new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance);
        var feed = new TaskEventFeed(new TaskEventReader(server, server.Time), host, NullLogger<TaskEventFeed>.Instance);
        var (failures, heard) = (0, 0L);
        using var failing = feed.FollowTask("x", _ =>
        {
            failures++;
            throw new FormatException("a mistake");
        });
        using var other = feed.FollowTask("x", known => heard = known[^1].Seq);

        await Eventually.True(() => heard == 2 && failures > 1);
        host.StopApplication();
    }
}
