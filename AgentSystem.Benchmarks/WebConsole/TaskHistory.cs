using System.Globalization;
using System.Text.Json;
using AgentSystem.Benchmarks.TelemetryStore.Load;
using AgentSystem.Orchestrator.Configuration;
using AgentSystem.Orchestrator.Journal;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AgentSystem.Benchmarks.WebConsole;

/// <summary>A journal with settled tasks whose traces are those of <see cref="SpanLoad"/>, written by the orchestrator's own code.</summary>
internal static class TaskHistory
{
    private const int TasksPerBatch = 500, FailsEvery = 30, AsksEvery = 500;

    private static readonly string[] Workers = ["marie", "anga", "fabien"];
    private static readonly TimeSpan Duration = TimeSpan.FromMilliseconds(90);
    private static readonly JsonElement Payload = JsonElement.Parse("""{"text":"Something that was worth a task."}""");

    /// <summary>The id of a task by its number.</summary>
    internal static string Id(int task) => string.Create(CultureInfo.InvariantCulture, $"task-{task:D7}");

    /// <summary>Writes it.</summary>
    /// <param name="file">The journal.</param>
    /// <param name="tasks">How many.</param>
    /// <param name="from">When the first was accepted.</param>
    /// <param name="step">How much later each next one was.</param>
    internal static async Task WriteAsync(string file, int tasks, DateTimeOffset from, TimeSpan step)
    {
        var clock = new Clock();
        using var journal = new TaskJournal(Options.Create(new OrchestratorOptions { Database = file, MaxPending = TasksPerBatch }), clock, NullLogger<TaskJournal>.Instance);
        await journal.StartAsync(default);
        for (var first = 0; first < tasks; first += TasksPerBatch)
        {
            var batch = Enumerable.Range(first, Math.Min(TasksPerBatch, tasks - first)).ToList();
            await journal.RunAsync(session =>
            {
                foreach (var task in batch)
                    Settle(session, clock, task, from + step * task);
                return true;
            });
        }
        await journal.StopAsync(default);
    }

    private static void Settle(JournalSession session, Clock clock, int task, DateTimeOffset at)
    {
        var trace = SpanLoad.TraceId(task).ToString("x32", CultureInfo.InvariantCulture);
        clock.Now = at;
        session.Accept([new(View(task, trace, at), JsonSerializer.SerializeToUtf8Bytes(Payload), Pinned: false, ContentHash: "", new($"00-{trace}-{task + 1:x16}-01"))]);
        session.Place(Id(task), 1);
        session.Claim(Id(task), 1);
        if (task % AsksEvery == 0 && session.Ask(Id(task), "Is the summary to be in English?", ["yes", "no"], at + TimeSpan.FromHours(1)) is var (question, _))
            session.Answer(question.Id, "yes", "somebody");
        clock.Now = at + Duration;
        if (task % FailsEvery == 0)
            session.Fail(Id(task), 1, new("timeout", "The model took longer than 30 s.", Retryable: false), _ => TimeSpan.Zero);
        else
            session.Complete(Id(task), 1, at);
    }

    private static TaskView View(int task, string trace, DateTimeOffset at) => new()
    {
        Id = Id(task),
        Type = OrchestratorOptions.DefaultTypes[task % OrchestratorOptions.DefaultTypes.Count],
        Priority = (TaskPriority)(task % Enum.GetValues<TaskPriority>().Length),
        State = TaskState.Pending,
        Worker = Workers[task % Workers.Length],
        Attempt = 1,
        MaxAttempts = 3,
        CreatedAt = at,
        CorrelationId = trace,
        Payload = Payload,
    };

    private sealed class Clock : TimeProvider
    {
        internal DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
