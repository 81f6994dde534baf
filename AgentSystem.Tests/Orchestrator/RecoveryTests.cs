using AgentSystem.Orchestrator.Journal;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using Microsoft.Data.Sqlite;

namespace AgentSystem.Tests.Orchestrator;

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
