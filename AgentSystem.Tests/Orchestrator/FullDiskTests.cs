using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using AgentSystem.Orchestrator.Journal;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Tests.Orchestrator;

/// <summary>A journal that the disk refuses: what cannot be kept is not accepted, and what was accepted goes on when there is room again.</summary>
public sealed class FullDiskTests
{
    [Fact]
    public async Task A_full_disk_is_a_503_that_accepts_nothing_and_passes()
    {
        using var app = new OrchestratorApp();
        var before = await app.SubmitAsync();
        await app.ReachesAsync(before.Id, TaskState.Ready);
        var journal = app.Get<TaskJournal>();
        await ExecuteAsync(app, "PRAGMA max_page_count = 1");

        // Too large for the pages that there are, so that SQLite has to ask for another one.
        var large = "{\"id\":\"large\",\"type\":\"summarize\",\"payload\":{\"text\":\"" + new string('x', 100_000) + "\"}}";
        const string small = """{"id":"small","type":"summarize","payload":{"text":"x"}}""";
        using var refused = await app.PostAsync("/tasks", $"[{small},{large}]");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        Assert.Contains("Free space", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync("/tasks/small")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync("/tasks/large")).StatusCode);
        Assert.Equal(1, journal.Counts.Unsettled);

        await ExecuteAsync(app, "PRAGMA max_page_count = 1000000");
        using var accepted = await app.PostAsync("/tasks", large);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        foreach (var task in new[] { before, (await accepted.Content.ReadFromJsonAsync(ApiJson.Default.TaskView))! })
        {
            app.Publish(await app.ClaimAsync(task));
            await app.ReachesAsync(task.Id, TaskState.Completed);
        }
    }

    [Fact]
    public async Task An_unreadable_journal_is_a_503_for_those_who_look()
    {
        using var app = new OrchestratorApp();
        await app.SubmitAsync();
        // A writer of SQLite's own kind cannot spoil it for us, so the table is taken away.
        await ExecuteAsync(app, "ALTER TABLE tasks RENAME TO elsewhere");
        using var response = await app.Http.GetAsync("/tasks");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        await ExecuteAsync(app, "ALTER TABLE elsewhere RENAME TO tasks");
        Assert.Equal(HttpStatusCode.OK, (await app.Http.GetAsync("/tasks")).StatusCode);
    }

    [Fact]
    public async Task A_reader_of_events_misses_none_after_a_submission_that_was_taken_back()
    {
        using var app = new OrchestratorApp();
        var first = await app.SubmitAsync("\"id\":\"first\"");
        await app.ReachesAsync(first.Id, TaskState.Ready);
        using var response = await app.Http.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead);
        await using var stream = await response.Content.ReadAsStreamAsync();

        // Its first task has an event already when the second one is refused.
        using var refused = await app.PostAsync("/tasks", """[{"id":"new","type":"summarize","payload":{}},{"id":"first","type":"summarize","payload":{}}]""");
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        var signal = app.Get<TaskJournal>().Events;
        await app.Get<TaskJournal>().RunAsync(_ => true);
        Assert.Equal(app.Get<TaskJournal>().Queries.EventsAfter(0, null, 100)[^1].Seq, signal.Last);

        await app.SubmitAsync("\"id\":\"second\"");
        await foreach (var item in SseParser.Create(stream).EnumerateAsync().WithCancellation(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token))
        {
            Assert.Contains("\"second\"", item.Data, StringComparison.Ordinal);
            Assert.Equal("pending", item.EventType);
            break;
        }
    }

    private static Task<bool> ExecuteAsync(OrchestratorApp app, string sql) => app.Get<TaskJournal>().RunAsync(session =>
    {
        using var command = session.Connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this test.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
        return true;
    });
}
