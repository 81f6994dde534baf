using AgentSystem.Orchestrator.Journal;

namespace AgentSystem.Orchestrator.Budget;

/// <summary>Counts calls in full that nobody settled in time, and publishes the ceilings, also while nobody calls.</summary>
public sealed partial class BudgetWatch(
    TaskJournal journal, BudgetLimits limits, BudgetInstruments instruments, TimeProvider time, ILogger<BudgetWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                var before = limits.Show();
                if (before.OpenCalls > 0 && await journal.RunAsync(s => s.Purse.Expire(time.GetUtcNow())) is > 0 and var expired)
                {
                    instruments.Expired(expired);
                    CountedInFull(expired);
                }
                instruments.Show(limits.Show());
            }
            catch (Exception e) when (e is JournalException or Microsoft.Data.Sqlite.SqliteException)
            {
                CannotWatch(e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Calls} model calls were not settled in time and count as spent in full; did their worker die?")]
    private partial void CountedInFull(int calls);

    [LoggerMessage(Level = LogLevel.Error, Message = "The budget could not be looked at; calls are still refused at their ceilings")]
    private partial void CannotWatch(Exception e);
}
