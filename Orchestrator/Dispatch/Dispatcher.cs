using AgentSystem.Orchestrator.Configuration;
using AgentSystem.Orchestrator.Journal;
using AgentSystem.Orchestrator.Presence;
using Microsoft.Extensions.Options;

namespace AgentSystem.Orchestrator.Dispatch;

/// <summary>
/// The one hand that moves the orchestrator's files. Round by round it settles results, notes claims, starts retries, enforces deadlines
/// and leases, and places tasks; since it does one thing at a time, nothing races but the workers, and those are fenced by the journal.
/// </summary>
public sealed partial class Dispatcher(
    DispatchSignals signals, TaskJournal journal, TaskFiles files, ResultSettler settler, ClaimObserver claims, TaskPlacer placer,
    FolderWatch watch, FolderRescan rescan, Retention retention, Rerouter rerouter, AttemptOutcomes outcomes, WorkerPresence presence, QueueGauges gauges,
    IOptions<OrchestratorOptions> options, TimeProvider time, ILogger<Dispatcher> logger) : BackgroundService
{
    // Bounds how long other work waits behind a wave of retries or deadlines.
    private const int MaxPerTick = 1000;

    private long _lastScan;
    private bool _recovered;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = time.CreateTimer(_ => signals.Tick(), null, options.Value.TickInterval, options.Value.TickInterval);
        signals.Rescan();
        while (!stoppingToken.IsCancellationRequested)
        {
            var round = await signals.NextAsync(stoppingToken);
            try
            {
                await RunAsync(round);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever this round was about, the next scan finds it again; without a dispatcher nothing would go on at all.
                LogRoundFailed(e);
            }
        }
    }

    private async Task RunAsync(Round round)
    {
        var scanning = round.Rescan || time.GetElapsedTime(_lastScan) >= options.Value.RescanInterval;
        if (scanning)
        {
            watch.Ensure();
            presence.Scan();
            await rescan.ScanAsync(round, startup: !_recovered);
            _recovered = true;
            _lastScan = time.GetTimestamp();
        }
        await settler.SettleAsync(round.Results);
        await claims.ObserveAsync(round.Claims);
        foreach (var (worker, id) in round.Unwanted)
            files.Remove(worker, id);
        if (round.Tick)
            await EnforceTimesAsync();
        if (scanning)
        {
            await rerouter.RerouteAsync();
            await retention.ForgetAsync();
        }
        await placer.PlaceAsync();
        if (scanning || round.Tick)
            gauges.Refresh();
    }

    private async Task EnforceTimesAsync()
    {
        var now = time.GetUtcNow();
        foreach (var late in journal.Queries.PastDeadline(now, MaxPerTick))
            await outcomes.KillAsync(late, new(
                "deadline_exceeded", $"The deadline {late.Deadline:O} passed while the task was {late.State.ToString().ToLowerInvariant()}.", Retryable: false));
        if (journal.Queries.AnyDue(now))
            await journal.RunAsync(s => s.BeginDue(now, MaxPerTick));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A round of the dispatcher failed; the next scan takes up what it left")]
    private partial void LogRoundFailed(Exception error);
}
