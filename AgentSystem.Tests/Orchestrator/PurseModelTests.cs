using AgentSystem.Orchestrator.Configuration;
using AgentSystem.Orchestrator.Journal;
using AgentSystem.Protocol.Api;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace AgentSystem.Tests.Orchestrator;

/// <summary>Random reservations and settlements against the purse and against sums that are too simple to be wrong.</summary>
public sealed class PurseModelTests : IDisposable
{
    private static readonly PurseLimits Limits = new(Task: 40, Worker: 60, Day: 90, Month: 150, Calls: 4);
    private static readonly string[] Workers = ["marie", "anga"];

    private readonly string _folder = Directory.CreateTempSubdirectory("purse-").FullName;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 29, 23, 0, 0, TimeSpan.Zero));
    private TaskJournal _journal;
    private int _run;

    public PurseModelTests() => _journal = Open();

    public void Dispose()
    {
        _journal.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private sealed record Step(int Kind, int Task, int Amount, int Cost, int Which);

    private sealed record Held(string Id, string Task, string Worker, long Amount, DateTimeOffset At, DateTimeOffset ExpiresAt)
    {
        public long? Cost { get; set; }
        public bool Settled { get; set; }
    }

    [Fact]
    public void No_ceiling_is_passed_and_every_sum_is_right_whatever_comes_in_whichever_order()
    {
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 3], Gen.Int[1, 30], Gen.Int[0, 30], Gen.Int[0, 20], (kind, task, amount, cost, which) => new Step(kind, task, amount, cost, which))
            .Array[1, 60].Sample(steps => RunAsync(steps).GetAwaiter().GetResult(), iter: 60, threads: 1);
    }

    [Fact]
    public async Task What_a_call_costs_beyond_what_was_held_is_booked_and_stops_the_next_one()
    {
        var task = await AcceptAsync("marie");
        var first = Assert.IsType<CallDecision.Granted>(await ReserveAsync(task, 10));
        Assert.Equal((45L, 45L), await _journal.RunAsync(s => s.Purse.Settle(first.Id, (_, _) => 45, new(1, 2), estimated: false)));
        var refused = Assert.IsType<CallDecision.TooDear>(await ReserveAsync(task, 1));
        Assert.Equal(("task", 40L, 45L, 0L), (refused.Scope, refused.Limit, refused.Spent, refused.Reserved));
    }

    [Fact]
    public async Task An_attempt_that_does_not_count_gets_nothing()
    {
        var task = await AcceptAsync("marie");
        Assert.IsType<CallDecision.NotInHand>(await ReserveAsync(task with { Attempt = 2 }, 1));
        Assert.IsType<CallDecision.NotInHand>(await ReserveAsync(task with { Worker = "anga" }, 1));
        Assert.Null(Assert.IsType<CallDecision.NotInHand>(await ReserveAsync(task with { Id = "nobody" }, 1)).Task);
        await _journal.RunAsync(s => s.Cancel(task.Id));
        Assert.IsType<CallDecision.NotInHand>(await ReserveAsync(task, 1));
    }

    private async Task RunAsync(Step[] steps)
    {
        // A month of its own, so that every run begins with a full purse.
        _time.SetUtcNow(new DateTimeOffset(2027, 1, 31, 23, 0, 0, TimeSpan.Zero).AddMonths(_run++ * 2));
        TaskView[] tasks = [await AcceptAsync("marie"), await AcceptAsync("marie"), await AcceptAsync("anga"), await AcceptAsync("anga")];
        var calls = new List<Held>();
        foreach (var step in steps)
        {
            switch (step.Kind)
            {
                case <= 5:
                    await ReserveAndCheckAsync(tasks[step.Task], step.Amount, calls);
                    break;
                case <= 7 when calls.Count > 0:
                    await SettleAndCheckAsync(calls[step.Which % calls.Count], Math.Min(step.Cost, calls[step.Which % calls.Count].Amount));
                    break;
                case 8:
                    _time.Advance(TimeSpan.FromMinutes(step.Which * 4));
                    break;
                case 9:
                    // Whoever starts again finds what was there.
                    _journal.Dispose();
                    _journal = Open();
                    break;
            }
            Expire(calls);
            CheckSums(tasks, calls);
        }
    }

    private async Task ReserveAndCheckAsync(TaskView task, long amount, List<Held> calls)
    {
        Expire(calls);
        var now = _time.GetUtcNow();
        var open = calls.Where(c => c.Cost is null).ToList();
        long Under(Func<Held, bool> counts) => calls.Where(counts).Sum(c => c.Cost ?? c.Amount);
        var fits = Under(c => c.Task == task.Id) + amount <= Limits.Task
            && Under(c => c.Worker == task.Worker && c.At.Date == now.Date) + amount <= Limits.Worker
            && Under(c => c.At.Date == now.Date) + amount <= Limits.Day
            && Under(c => (c.At.Year, c.At.Month) == (now.Year, now.Month)) + amount <= Limits.Month;
        switch (await ReserveAsync(task, amount))
        {
            case CallDecision.Granted granted:
                Assert.True(fits && open.Count < Limits.Calls);
                calls.Add(new(granted.Id, task.Id, task.Worker, amount, now, granted.ExpiresAt));
                break;
            case CallDecision.TooDear:
                Assert.False(fits);
                break;
            case CallDecision.Busy:
                Assert.Equal(Limits.Calls, open.Count);
                break;
            case var other:
                Assert.Fail($"{other} is no answer to a task in hand");
                break;
        }
    }

    private async Task SettleAndCheckAsync(Held call, long cost)
    {
        if (!call.Settled)
            (call.Cost, call.Settled) = (cost, true);
        Assert.Equal(call.Cost, (await _journal.RunAsync(s => s.Purse.Settle(call.Id, (_, _) => cost, new(0, 0), estimated: false)))!.Value.Cost);
    }

    private void Expire(List<Held> calls)
    {
        foreach (var late in calls.Where(c => c.Cost is null && c.ExpiresAt <= _time.GetUtcNow()))
            late.Cost = late.Amount;
        _journal.RunAsync(s => s.Purse.Expire(_time.GetUtcNow())).GetAwaiter().GetResult();
    }

    private void CheckSums(TaskView[] tasks, List<Held> calls)
    {
        var now = _time.GetUtcNow();
        foreach (var period in Workers.SelectMany(worker => PursePeriod.Of(now, worker)))
        {
            var counted = calls.Where(c => PursePeriod.Of(c.At, c.Worker).Contains(period)).ToList();
            Assert.Equal((counted.Sum(c => c.Cost ?? 0), counted.Where(c => c.Cost is null).Sum(c => c.Amount)), _journal.Queries.Amount(period));
        }
        foreach (var task in tasks)
            Assert.Equal(calls.Where(c => c.Task == task.Id).Sum(c => c.Cost ?? 0), _journal.Queries.Find(task.Id)!.Cost ?? 0);
        Assert.Equal(calls.Count(c => c.Cost is null), _journal.Queries.OpenCalls());
    }

    private Task<CallDecision> ReserveAsync(TaskView task, long amount) =>
        _journal.RunAsync(s => s.Purse.Reserve(new(task.Id, task.Attempt, task.Worker, "claude-x", amount, TimeSpan.FromMinutes(5)), Limits));

    private async Task<TaskView> AcceptAsync(string worker)
    {
        var view = new TaskView
        {
            Id = $"t{Guid.NewGuid():N}",
            Type = "summarize",
            Priority = AgentSystem.Protocol.TaskPriority.Normal,
            State = TaskState.Pending,
            Worker = worker,
            Attempt = 1,
            MaxAttempts = 3,
            CreatedAt = _time.GetUtcNow(),
        };
        await _journal.RunAsync(s => s.Accept([new(view, "{}"u8.ToArray(), true, "", new(null, null, null))]));
        return view;
    }

    private TaskJournal Open()
    {
        var journal = new TaskJournal(
            Options.Create(new OrchestratorOptions { SharedDir = _folder, Database = Path.Combine(_folder, "j.db") }), _time, NullLogger<TaskJournal>.Instance);
        journal.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
        return journal;
    }
}
