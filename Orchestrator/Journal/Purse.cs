using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using Microsoft.Data.Sqlite;

namespace AgentSystem.Orchestrator.Journal;

/// <summary>A model call that somebody wants to make.</summary>
/// <param name="TaskId">For which task.</param>
/// <param name="Attempt">Which attempt of it.</param>
/// <param name="Worker">Who calls.</param>
/// <param name="Model">Which model.</param>
/// <param name="Amount">What it may cost at most, in 10⁻⁹ USD.</param>
/// <param name="Lasts">How long it may last at most.</param>
public sealed record CallRequest(string TaskId, int Attempt, string Worker, string Model, long Amount, TimeSpan Lasts);

/// <summary>What may be spent at most, in 10⁻⁹ USD, and how many calls may be under way.</summary>
public sealed record PurseLimits(long Task, long Worker, long Day, long Month, int Calls);

/// <summary>The answer to a <see cref="CallRequest"/>.</summary>
public abstract record CallDecision
{
    /// <summary>The money is held.</summary>
    public sealed record Granted(string Id, DateTimeOffset ExpiresAt) : CallDecision;

    /// <summary>It would pass a ceiling; the one of <c>task</c> is that of the task which all that is handed on began with. Amounts in 10⁻⁹ USD.</summary>
    public sealed record TooDear(string Scope, string Task, long Limit, long Spent, long Reserved) : CallDecision;

    /// <summary>Too many calls are under way.</summary>
    public sealed record Busy : CallDecision;

    /// <summary>The attempt is not, or no longer, the one that counts.</summary>
    public sealed record NotInHand(TaskRecord? Task) : CallDecision;
}

/// <summary>
/// Money that is held for calls under way, and what was spent, under every ceiling at once: what is granted here can be spent without passing any of
/// them, whoever asks at the same time, and whatever crashes. Used only within <see cref="TaskJournal.RunAsync"/>.
/// </summary>
public sealed class Purse : IDisposable
{
    /// <summary>How long after its end a call can be settled before it counts as spent in full.</summary>
    public static readonly TimeSpan SettlementGrace = TimeSpan.FromMinutes(1);

    private readonly Statements _tasks;
    private readonly PurseStatements _sql;
    private readonly TimeProvider _time;

    internal Purse(SqliteConnection writer, Statements tasks, TimeProvider time)
    {
        _tasks = tasks;
        _sql = new(writer);
        _time = time;
    }

    /// <summary>Holds the money for a call and counts the call as under way, or says why not.</summary>
    public CallDecision Reserve(CallRequest call, PurseLimits limits)
    {
        var now = _time.GetUtcNow();
        if (_tasks.Find(call.TaskId) is not { } task || task.Attempt != call.Attempt || task.Worker != call.Worker || !task.IsInHand)
            return new CallDecision.NotInHand(_tasks.Find(call.TaskId));
        var origin = _tasks.Origin(task);
        foreach (var (scope, limit, amount) in Ceilings(call, origin, limits, now))
            if (amount.Spent + amount.Reserved + call.Amount > limit)
                return new CallDecision.TooDear(scope, origin, limit, amount.Spent, amount.Reserved);
        if (_sql.CountOpen() >= limits.Calls)
            return new CallDecision.Busy();
        var id = TaskId.New(now);
        var expires = now + call.Lasts + SettlementGrace;
        _sql.Insert(id, call, now, expires);
        Book(now, call.Worker, spent: 0, reserved: call.Amount);
        return new CallDecision.Granted(id, expires);
    }

    /// <summary>
    /// Gives back what is held for the call and books what it did cost, in 10⁻⁹ USD; changes nothing when that was done before. Answers the call's cost and
    /// its task's; null when there is no such call.
    /// </summary>
    /// <param name="id">The call.</param>
    /// <param name="costOf">The cost, by the call's model and what is held for it.</param>
    /// <param name="usage">What it took.</param>
    /// <param name="estimated">Whether that is a guess.</param>
    public (long Cost, long TaskCost)? Settle(string id, Func<string, long, long> costOf, TokenUsage usage, bool estimated)
    {
        if (_sql.Find(id) is not { } call)
            return null;
        if (call.State == CallState.Settled)
            return (call.Cost, _tasks.AddCost(call.TaskId, 0));
        var cost = costOf(call.Model, call.Reserved);
        // A call that was counted in full, because nobody settled it in time, is put right.
        _sql.Close(id, CallState.Settled, cost, usage, estimated);
        Book(call.At, call.Worker, cost - call.Cost, call.State == CallState.Open ? -call.Reserved : 0);
        return (cost, _tasks.AddCost(call.TaskId, cost - call.Cost));
    }

    /// <summary>Counts calls as spent in full that nobody has settled in time: a worker that died may have made them.</summary>
    /// <returns>How many there were.</returns>
    public int Expire(DateTimeOffset now)
    {
        var late = _sql.OpenSince(now);
        foreach (var call in late)
        {
            _sql.Close(call.Id, CallState.Expired, call.Reserved, new(0, 0), estimated: true);
            Book(call.At, call.Worker, call.Reserved, -call.Reserved);
            _tasks.AddCost(call.TaskId, call.Reserved);
        }
        return late.Count;
    }

    /// <inheritdoc/>
    public void Dispose() => _sql.Dispose();

    // A task and all that it hands on have one ceiling: else whoever has come to it would let others go on.
    private IEnumerable<(string Scope, long Limit, (long Spent, long Reserved) Amount)> Ceilings(CallRequest call, string origin, PurseLimits limits, DateTimeOffset now)
    {
        yield return (PursePeriod.Task, limits.Task, _sql.AmountOfFamily(origin));
        foreach (var row in PursePeriod.Of(now, call.Worker))
            yield return (row.Scope, row.Scope switch { PursePeriod.OfWorker => limits.Worker, PursePeriod.Day => limits.Day, _ => limits.Month }, _sql.Amount(row));
    }

    // A call belongs to the day on which it was granted, whenever it is settled.
    private void Book(DateTimeOffset at, string worker, long spent, long reserved)
    {
        foreach (var row in PursePeriod.Of(at, worker))
            _sql.Add(row, spent, reserved);
    }
}
