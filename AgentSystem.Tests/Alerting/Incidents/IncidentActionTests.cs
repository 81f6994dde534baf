using AgentSystem.Alerting.Incidents;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using static AgentSystem.Tests.Alerting.Incidents.SomeAlerts;

namespace AgentSystem.Tests.Alerting.Incidents;

/// <summary>What people do to incidents, and what is kept of them.</summary>
public sealed class IncidentActionTests : IDisposable
{
    private readonly SomeDesk _desk = new();

    public void Dispose() => _desk.Dispose();

    [Fact]
    public async Task Acting_twice_is_harmless_and_everything_is_in_the_timeline()
    {
        await _desk.ReceiveAsync(Firing("WorkerDown", "marie"));
        var id = (await _desk.OnlyAsync()).Id;

        for (var time = 0; time < 2; time++)
        {
            Assert.Equal(("ann", IncidentState.Acknowledged), ((await _desk.Desk.AcknowledgeAsync(id, time == 0 ? "ann" : "bob")).AcknowledgedBy, (await _desk.OnlyAsync()).State));
            Assert.Equal("bob", (await _desk.Desk.AssignAsync(id, " bob ", "ann")).Assignee);
        }
        await _desk.Desk.NoteAsync(id, "restarting it", "bob");
        for (var time = 0; time < 2; time++)
            Assert.Equal("bob", (await _desk.Desk.ResolveAsync(id, "bob")).ResolvedBy);

        Assert.Equal(["opened", "acknowledged", "assigned", "note", "resolved"], await _desk.EventsAsync(id));
        Assert.Equal(409, StatusOf(await Assert.ThrowsAsync<IncidentActionException>(() => _desk.Desk.AcknowledgeAsync(id, "ann"))));
        Assert.Equal(404, StatusOf(await Assert.ThrowsAsync<IncidentActionException>(() => _desk.Desk.AcknowledgeAsync("none", "ann"))));
    }

    [Fact]
    public async Task What_somebody_said_is_over_stays_so_until_the_alert_begins_anew()
    {
        await _desk.ReceiveAsync(Firing("WorkerDown", "marie"));
        var id = (await _desk.OnlyAsync()).Id;
        await _desk.Desk.ResolveAsync(id, "ann");

        await _desk.ReceiveAsync(Firing("WorkerDown", "marie"));
        Assert.Equal(IncidentState.Resolved, (await _desk.OnlyAsync()).State);
        await _desk.ReceiveAsync(Ended("WorkerDown", "marie"));
        await _desk.ReceiveAsync(Firing("WorkerDown", "marie", at: 100));

        Assert.Equal(IncidentState.Open, (await _desk.OnlyAsync()).State);
    }

    [Fact]
    public async Task Incidents_are_merged_once_and_never_into_themselves_or_into_what_is_over()
    {
        await _desk.ReceiveAsync(Firing("WorkerDown", "marie"), Firing("ClaudeAPIFailures", at: 5000), Firing("Odd", at: 9000));
        var (one, two, three) = ((await _desk.AllAsync())[0].Id, (await _desk.AllAsync())[1].Id, (await _desk.AllAsync())[2].Id);

        for (var time = 0; time < 2; time++)
            Assert.Equal(2, (await _desk.Desk.MergeAsync(two, one, "ann")).Alerts.Count);
        await _desk.Desk.ResolveAsync(three, "ann");

        Assert.Equal(409, StatusOf(await Assert.ThrowsAsync<IncidentActionException>(() => _desk.Desk.MergeAsync(one, one, "ann"))));
        Assert.Equal(409, StatusOf(await Assert.ThrowsAsync<IncidentActionException>(() => _desk.Desk.MergeAsync(one, three, "ann"))));
        Assert.Equal(409, StatusOf(await Assert.ThrowsAsync<IncidentActionException>(() => _desk.Desk.AcknowledgeAsync(two, "ann"))));
        Assert.Equal(404, StatusOf(await Assert.ThrowsAsync<IncidentActionException>(() => _desk.Desk.MergeAsync(one, "none", "ann"))));
    }

    [Fact]
    public async Task What_gets_worse_after_somebody_took_it_is_open_again()
    {
        await _desk.ReceiveAsync(Firing("TaskBacklogGrowing", "marie", "warning", receiver: "tickets-platform"));
        await _desk.Desk.AcknowledgeAsync((await _desk.OnlyAsync()).Id, "ann");

        await _desk.ReceiveAsync(Firing("WorkerDown", "marie", at: 20));

        Assert.Equal((IncidentState.Open, AlertSeverity.Critical), ((await _desk.OnlyAsync()).State, (await _desk.OnlyAsync()).Severity));
    }

    [Fact]
    public async Task Of_a_long_timeline_the_newest_thousand_entries_are_kept()
    {
        await _desk.ReceiveAsync(Firing("WorkerDown", "marie"), Firing("ClaudeAPIFailures", at: 5000));
        var (id, other) = ((await _desk.AllAsync())[0].Id, (await _desk.AllAsync())[1].Id);

        await _desk.Store.ChangeAsync(session =>
        {
            for (var i = 0; i < 1100; i++)
                session.Note(id, "note", $"{i}");
            return true;
        });

        var timeline = await _desk.Store.ReadAsync(session => session.Timeline(id));
        Assert.Equal((1000, "100", "1099"), (timeline.Count, timeline[0].Text, timeline[^1].Text));
        Assert.NotEmpty(await _desk.Store.ReadAsync(session => session.Timeline(other)));
    }

    [Fact]
    public async Task What_was_told_of_a_question_is_forgotten_when_it_is_long_over_and_not_while_it_is_open()
    {
        var (open, over) = (Question("open"), Question("answered"));
        await _desk.Store.ChangeAsync(session => session.Tell(open) && session.Tell(over));
        _desk.Time.Advance(TimeSpan.FromDays(80));
        var late = Question("answered");
        await _desk.Store.ChangeAsync(session => session.Tell(late));

        await _desk.PassAsync(TimeSpan.FromDays(20).TotalSeconds);

        Assert.Equal(
            ["open", null, "answered"],
            await _desk.Store.ReadAsync(session => new[] { open, over, late }.Select(session.ToldState).ToList()));

        Question Question(string state) => new(
            TaskId.New(_desk.Time.GetUtcNow()), "t", "marie", "Which?", null, state, _desk.Time.GetUtcNow(), _desk.Time.GetUtcNow(), null, null, null);
    }

    [Fact]
    public async Task Everything_is_still_there_after_a_restart_and_forgotten_when_it_is_old()
    {
        await _desk.ReceiveAsync(Firing("WorkerDown", "marie"));
        await _desk.ReceiveAsync(Ended("WorkerDown", "marie"));
        var before = await _desk.OnlyAsync();

        _desk.Restart();
        var after = await _desk.OnlyAsync();
        Assert.Equal((before.Id, before.Title, before.Timeline.Count), (after.Id, after.Title, after.Timeline.Count));

        await _desk.PassAsync(TimeSpan.FromDays(91).TotalSeconds);
        Assert.Empty(await _desk.AllAsync());
    }

    [Fact]
    public async Task A_file_belongs_to_one_service_and_one_of_a_newer_version_is_left_alone()
    {
        var path = _desk.Path;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Contains("Another alerting service", Assert.Throws<IncidentStoreException>(() => DatabaseFile.Open(path)).Message, StringComparison.Ordinal);

        var other = path + ".other";
        using (var file = DatabaseFile.Open(other))
        using (var command = file.Connection.CreateCommand())
        {
            command.CommandText = "PRAGMA user_version = 99";
            command.ExecuteNonQuery();
        }
        Assert.Contains("version 99", Assert.Throws<IncidentStoreException>(() => DatabaseFile.Open(other)).Message, StringComparison.Ordinal);
        await File.WriteAllTextAsync(path + ".garbage", new string('x', 5000));
        Assert.Contains("is damaged", Assert.Throws<IncidentStoreException>(() => DatabaseFile.Open(path + ".garbage")).Message, StringComparison.Ordinal);
    }

    private static int StatusOf(IncidentActionException e) => e.Status;
}
