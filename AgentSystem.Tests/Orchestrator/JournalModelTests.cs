using AgentSystem.Orchestrator.Configuration;
using AgentSystem.Orchestrator.Journal;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace AgentSystem.Tests.Orchestrator;

/// <summary>Random commands against the journal and against a model that is too simple to be wrong.</summary>
public sealed class JournalModelTests : IDisposable
{
    private const int MaxAttempts = 3;
    private static readonly string[] Commands = ["place", "claim", "release", "unplace", "complete", "fail", "hopeless", "kill", "cancel", "due"];

    private readonly string _folder = Directory.CreateTempSubdirectory("journal-").FullName;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly TaskJournal _journal;
    private int _number;

    public JournalModelTests()
    {
        var options = Options.Create(new OrchestratorOptions { SharedDir = _folder, Database = Path.Combine(_folder, "j.db") });
        _journal = new(options, _time, NullLogger<TaskJournal>.Instance);
        _journal.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        _journal.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_task_is_settled_once_and_never_tried_too_often()
    {
        // Each step is a command and the attempt that it believes in.
        Gen.Select(Gen.Int[0, Commands.Length - 1].Select(i => Commands[i]), Gen.Int[1, MaxAttempts + 1])
            .Array[1, 30].Sample(steps => Run(steps).GetAwaiter().GetResult(), iter: 300, threads: 1);
        Assert.Equal(_journal.Queries.CountUnsettled().Sum(c => c.Count), _journal.Counts.Unsettled);
    }

    private async Task Run((string Command, int Attempt)[] steps)
    {
        var id = $"t{_number++}";
        await _journal.RunAsync(s => s.Accept([New(id)]));
        var (state, attempt, settled) = (TaskState.Pending, 1, 0);
        foreach (var (command, believed) in steps)
        {
            var changed = await _journal.RunAsync(s => Apply(s, command, id, believed));
            var (expected, next) = Model(command, believed, state, attempt);
            Assert.Equal(expected is not null, changed);
            if (expected is { } to)
            {
                settled += to.IsSettled() ? 1 : 0;
                (state, attempt) = (to, next);
            }
            var record = _journal.Queries.Find(id)!;
            Assert.Equal((state, attempt), (record.State, record.Attempt));
            Assert.InRange(record.Attempt, 1, MaxAttempts);
        }
        Assert.InRange(settled, 0, 1);
        Assert.Equal(settled, _journal.Queries.EventsAfter(0, id, 1000).Count(e => e.Event is "completed" or "dead" or "cancelled"));
    }

    private bool Apply(JournalSession s, string command, string id, int attempt) => command switch
    {
        "place" => s.Place(id, attempt) is not null,
        "claim" => s.Claim(id, attempt) is not null,
        "release" => s.Release(id, attempt) is not null,
        "unplace" => s.Unplace(id, attempt, "anga") is not null,
        "complete" => s.Complete(id, attempt, _time.GetUtcNow()) is not null,
        "fail" => s.Fail(id, attempt, new("broken", ""), _ => TimeSpan.Zero) is not null,
        "hopeless" => s.Fail(id, attempt, new("broken", "", Retryable: false), _ => TimeSpan.Zero) is not null,
        "kill" => s.Kill(id, new("late", "")) is not null,
        "cancel" => s.Cancel(id).Count > 0,
        _ => s.BeginDue(_time.GetUtcNow(), 10_000).Any(r => r.Id == id),
    };

    private static (TaskState? To, int Attempt) Model(string command, int believed, TaskState state, int attempt)
    {
        var current = believed == attempt;
        var inHand = current && state is TaskState.Pending or TaskState.Ready or TaskState.Active && current;
        return command switch
        {
            "place" when current && state == TaskState.Pending => (TaskState.Ready, attempt),
            "claim" when current && state is TaskState.Pending or TaskState.Ready && current => (TaskState.Active, attempt),
            "release" when current && state == TaskState.Active => (TaskState.Ready, attempt),
            "unplace" when current && state is TaskState.Pending or TaskState.Ready && current => (TaskState.Pending, attempt),
            "complete" when inHand => (TaskState.Completed, attempt),
            "fail" when inHand => attempt < MaxAttempts ? (TaskState.Retrying, attempt + 1) : (TaskState.Dead, attempt),
            "hopeless" when inHand => (TaskState.Dead, attempt),
            "kill" when !state.IsSettled() => (TaskState.Dead, attempt),
            "cancel" when !state.IsSettled() => (TaskState.Cancelled, attempt),
            "due" when state == TaskState.Retrying => (TaskState.Pending, attempt),
            _ => (null, attempt),
        };
    }

    private NewTask New(string id) => new(
        new()
        {
            Id = id,
            Type = "summarize",
            Priority = TaskPriority.Normal,
            State = TaskState.Pending,
            Worker = "marie",
            Attempt = 1,
            MaxAttempts = MaxAttempts,
            CreatedAt = _time.GetUtcNow(),
        },
        "{}"u8.ToArray(), Pinned: false, "hash", TraceCarrier.Empty);
}
