using AgentSystem.Orchestrator.Configuration;
using AgentSystem.Orchestrator.Journal;
using AgentSystem.Protocol.Api;
using Microsoft.Extensions.Options;

namespace AgentSystem.Orchestrator.Budget;

/// <summary>The ceilings, and how much of each is gone.</summary>
public sealed class BudgetLimits(TaskJournal journal, WorkerCatalog workers, IOptions<BudgetOptions> options, TimeProvider time)
{
    private readonly BudgetOptions _options = options.Value;

    /// <summary>What a call of this worker has to stay below.</summary>
    public PurseLimits For(string worker) => new(
        Money.FromUsd(_options.TaskUsd), Money.FromUsd(OfWorker(worker)), Money.FromUsd(_options.DayUsd), Money.FromUsd(_options.MonthUsd), _options.MaxCalls);

    /// <summary>Every ceiling but those of single tasks: the day's, the month's, and each worker's.</summary>
    public BudgetView Show()
    {
        var now = time.GetUtcNow();
        return new(
            [
                .. PursePeriod.Of(now, "").Where(p => p.Scope != PursePeriod.OfWorker).Select(p => Show(p, p.Scope == PursePeriod.Day ? _options.DayUsd : _options.MonthUsd, now)),
                .. workers.Names.Select(worker => Show(PursePeriod.Of(now, worker)[0], OfWorker(worker), now)),
            ],
            journal.Queries.OpenCalls(), _options.MaxCalls);
    }

    private BudgetCeiling Show(PursePeriod period, decimal limit, DateTimeOffset now)
    {
        var (spent, reserved) = journal.Queries.Amount(period);
        return new(period.Scope, period.Worker.Length == 0 ? null : period.Worker, limit, Money.ToUsd(spent), Money.ToUsd(reserved), period.End(now));
    }

    private decimal OfWorker(string worker) => _options.Workers.TryGetValue(worker, out var own) ? own : _options.WorkerUsd;
}
