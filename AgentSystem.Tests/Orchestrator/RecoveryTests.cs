using AgentSystem.Orchestrator.Journal;
using AgentSystem.Orchestrator.Status;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using Microsoft.Data.Sqlite;

namespace AgentSystem.Tests.Orchestrator;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class RecoveryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recovery-").FullName;

    private string Database => Path.Combine(_folder, "journal", "orchestrator.db");

    [Fact]
    public async Task Files_that_a_crash_took_are_placed_again_without_costing_an_attempt()
    {
        TaskView task;
        using (var app = new OrchestratorApp(folder: _folder))
        {
            task = await app.SubmitAsync();
            await app.ReachesAsync(task.Id, TaskState.Ready);
        }
        Directory.Delete(Path.Combine(_folder, "shared"), recursive: true);
        using var again = new OrchestratorApp(folder: _folder);
        _ = again.Http;
        again.Publish(await again.ClaimAsync(task));
        Assert.Equal(1, (await again.ReachesAsync(task.Id, TaskState.Completed)).Attempt);
    }

    [Fact]
    public async Task What_happened_while_the_orchestrator_was_away_is_settled_when_it_is_back()
    {
        TaskView finished, claimed, dead;
        AgentTask file;
        using (var app = new OrchestratorApp(folder: _folder))
        {
            finished = await app.SubmitAsync();
            file = await app.ClaimAsync(finished);
            claimed = await app.SubmitAsync();
            await app.ReachesAsync(claimed.Id, TaskState.Ready);
            dead = await app.SubmitAsync("\"max_attempts\":1");
            app.Publish(await app.ClaimAsync(dead), new("broken", "It broke."));
            await app.ReachesAsync(dead.Id, TaskState.Dead);
        }
        var away = new OrchestratorApp(folder: _folder);
        away.Publish(file);
        SharedVolume.TryMove(away.Volume.TaskPath(claimed.Worker, claimed.Id), away.Volume.ActivePath(claimed.Worker, claimed.Id));
        File.Delete(away.Volume.DeadPath(dead.Id));

        using (away)
        {
            await away.ReachesAsync(finished.Id, TaskState.Completed);
            await away.ReachesAsync(claimed.Id, TaskState.Active);
            await OrchestratorApp.UntilAsync(() => Task.FromResult(File.Exists(away.Volume.DeadPath(dead.Id))), () => "the dead letter");
        }
    }

    [Fact]
    public async Task Without_any_event_of_the_file_system_the_rescan_finds_everything()
    {
        using var app = new OrchestratorApp(folder: _folder);
        await app.ReachesAsync((await app.SubmitAsync()).Id, TaskState.Ready);
        app.Get<AgentSystem.Orchestrator.Dispatch.FolderWatch>().Dispose();
        for (var i = 0; i < 100; i++)
        {
            var task = await app.SubmitAsync($"\"id\":\"burst-{i}\"");
            var claimed = await app.ClaimAsync(task);
            if (i % 2 == 0)
                await app.ReachesAsync(task.Id, TaskState.Active);
            app.Publish(claimed);
        }
        for (var i = 0; i < 100; i++)
            Assert.Equal(1, (await app.ReachesAsync($"burst-{i}", TaskState.Completed)).Attempt);
    }

    [Fact]
    public async Task A_shared_folder_that_is_taken_away_is_made_again_and_what_it_held_is_done_again()
    {
        using var app = new OrchestratorApp(folder: _folder);
        var (ready, active) = (await app.SubmitAsync(), await app.SubmitAsync());
        await app.ReachesAsync(ready.Id, TaskState.Ready);
        await app.ClaimAsync(active);
        await app.ReachesAsync(active.Id, TaskState.Active);
        // By one rename, since files are written there all the time.
        Directory.Move(app.Volume.Root, Path.Combine(_folder, "elsewhere"));
        foreach (var task in new[] { ready, active })
        {
            await OrchestratorApp.UntilAsync(() => Task.FromResult(File.Exists(app.Volume.TaskPath(task.Worker, task.Id))), () => $"the file of {task.Id}");
            var again = await app.ShowAsync(task.Id);
            app.Publish(await app.ClaimAsync(again, again.Attempt));
            await app.ReachesAsync(task.Id, TaskState.Completed);
        }
        // Not by the rescan alone: the new folders are watched, and the pipe is read.
        app.Get<StatusPipes>().Check();
        await OrchestratorApp.UntilAsync(() =>
        {
            using var pipe = new StatusPipeWriter(app.Volume.PipePath("marie"));
            return Task.FromResult(pipe.Probe() == PipeWriteOutcome.Written);
        }, () => "the pipe");
    }

    [Fact]
    public async Task Folders_in_the_places_of_files_stop_nothing()
    {
        using var app = new OrchestratorApp(folder: _folder);
        var blocked = await app.SubmitAsync();
        var claimed = await app.ClaimAsync(blocked);
        Directory.CreateDirectory(Path.Combine(app.Volume.TaskPath(blocked.Worker, blocked.Id), "x"));
        Directory.CreateDirectory(Path.Combine(app.Volume.DeadPath(blocked.Id), "x"));
        await app.PostAsync($"/tasks/{blocked.Id}/cancel", "");
        await app.QuarantinedAsync("not_a_file");
        Directory.CreateDirectory(Path.Combine(app.Volume.TaskPath("marie", "settled"), "x"));
        var next = await app.SubmitAsync();
        app.Publish(await app.ClaimAsync(next));
        await app.ReachesAsync(next.Id, TaskState.Completed);
        Assert.Equal(1, claimed.Attempt);
    }

    [Fact]
    public async Task A_second_orchestrator_on_the_same_journal_refuses_to_start()
    {
        using var app = new OrchestratorApp(folder: _folder);
        await app.SubmitAsync();
        using var second = new OrchestratorApp(folder: _folder);
        Assert.Contains("Another orchestrator", Assert.Throws<JournalException>(() => second.Http).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_journal_is_a_clear_error()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Database)!);
        File.WriteAllText(Database, new string('x', 10_000));
        using var app = new OrchestratorApp(folder: _folder);
        Assert.Contains("damaged or is not a journal", Assert.Throws<JournalException>(() => app.Http).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_journal_of_a_newer_version_is_a_clear_error()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Database)!);
        Execute("PRAGMA user_version = 99");
        using var app = new OrchestratorApp(folder: _folder);
        Assert.Contains("newer orchestrator", Assert.Throws<JournalException>(() => app.Http).Message, StringComparison.Ordinal);
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Database, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
