using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using AgentSystem.ServiceDefaults.Chaos;
using Microsoft.Extensions.Options;

namespace AgentSystem.Orchestrator.Chaos;

/// <summary>
/// Knows which faults are injected, and sees that each comes to its end: by its time, by somebody's word, or when whoever held it is gone. What it
/// writes is an order on the shared volume; processes follow it by themselves. Safe for concurrent use.
/// </summary>
internal sealed class FaultHub(
    SharedVolume volume, FaultAudit audit, FaultGauge gauge, IEnumerable<IFault> ownFaults, IOptions<ChaosOptions> options, TimeProvider time,
    ILogger<FaultHub> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, InjectedFault> _active = [];
    private IReadOnlyList<InjectedFault> _over = [];

    /// <summary>Whether faults may be injected.</summary>
    internal bool IsEnabled => options.Value.Enabled;

    /// <summary>Those that are there now, newest first; those that are over behind them if they are wanted.</summary>
    internal IReadOnlyList<InjectedFault> List(bool withThoseThatAreOver)
    {
        lock (_gate)
            return [.. _active.Values.Concat(withThoseThatAreOver ? _over : []).OrderByDescending(fault => fault.StartedAt)];
    }

    /// <summary>Ends what a process before this one left behind: nobody knows what it was meant for any more.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _over = audit.Read();
            foreach (var left in _over.Where(fault => fault.EndedAt is null).ToList())
                End(left, FaultEnd.OrchestratorRestarted, by: null);
            foreach (var file in Directory.EnumerateFiles(volume.ChaosDir))
                File.Delete(file);
        }
        return base.StartAsync(cancellationToken);
    }

    /// <summary>Begins a fault.</summary>
    /// <exception cref="FaultRefusedException">It cannot be; the message says why.</exception>
    internal InjectedFault Start(FaultPlan plan)
    {
        var now = time.GetUtcNow();
        var fault = new InjectedFault
        {
            Id = TaskId.New(now),
            Fault = plan.Kind.Name,
            Worker = plan.Worker,
            Parameters = plan.Parameters,
            By = plan.By,
            StartedAt = now,
            Until = now + plan.Duration,
            LeaseSeconds = plan.Lease?.TotalSeconds,
            LeaseUntil = now + plan.Lease,
        };
        lock (_gate)
        {
            if (_active.Values.FirstOrDefault(other => other.Fault == fault.Fault && Overlaps(other.Worker, fault.Worker)) is { } same)
                throw new FaultRefusedException(
                    StatusCodes.Status409Conflict, "This fault is there already.", $"{same.Id}, by {same.By}, until {same.Until:O}. End it first: agentctl chaos stop {same.Id}");
            if (ownFaults.FirstOrDefault(own => own.Name == fault.Fault)?.Refuse(Order(fault)) is { } reason)
                throw new FaultRefusedException(StatusCodes.Status422UnprocessableEntity, "This fault cannot be injected here.", reason);
            // Nothing happens that is not written down before.
            audit.Add(fault);
            _active.Add(fault.Id, fault);
            Write(fault);
            gauge.Set(fault, isActive: true);
        }
        logger.FaultInjected(fault.Fault, fault.Worker ?? "-", fault.Id, fault.By, fault.Until);
        return fault;
    }

    /// <summary>Whoever holds the fault is still there. Null when it is over.</summary>
    internal InjectedFault? Renew(string id)
    {
        lock (_gate)
        {
            if (!_active.TryGetValue(id, out var fault))
                return null;
            if (fault.LeaseSeconds is not { } lease)
                return fault;
            fault = fault with { LeaseUntil = time.GetUtcNow() + TimeSpan.FromSeconds(lease) };
            _active[id] = fault;
            Write(fault);
            return fault;
        }
    }

    /// <summary>Ends a fault. Null when there is none of this id; one that is over is as it was.</summary>
    internal InjectedFault? Stop(string id, string by)
    {
        lock (_gate)
        {
            return _active.TryGetValue(id, out var fault) ? End(fault, FaultEnd.Stopped, by) : _over.FirstOrDefault(over => over.Id == id);
        }
    }

    /// <summary>Ends what is over.</summary>
    internal void Look()
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            foreach (var fault in _active.Values.Where(fault => EndOf(fault) <= now).ToList())
                End(fault, fault.Until <= now ? FaultEnd.Expired : FaultEnd.LeaseLost, by: null);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!IsEnabled)
            return;
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                Look();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private InjectedFault End(InjectedFault fault, FaultEnd how, string? by)
    {
        var ended = fault with { EndedAt = time.GetUtcNow(), Ended = how, EndedBy = by };
        _active.Remove(fault.Id);
        _over = [ended, .. _over.Where(over => over.Id != fault.Id)];
        foreach (var path in (string[])[volume.ChaosPath(fault.Id), volume.CrashesPath(fault.Id), volume.BallastPath(fault.Id)])
            TryDelete(path);
        gauge.Set(fault, isActive: false);
        logger.FaultOver(fault.Fault, fault.Worker ?? "-", fault.Id, how, by ?? "-");
        try
        {
            audit.Add(ended);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The fault is undone all the same; only its last line is missing.
            logger.EndNotWritten(e, fault.Id);
        }
        return ended;
    }

    private void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.LeftBehind(e, path);
        }
    }

    private void Write(InjectedFault fault) => ProtocolFile.Write(volume.ChaosPath(fault.Id), Order(fault), ProtocolJson.Default.FaultOrder);

    private static FaultOrder Order(InjectedFault fault) => new(fault.Id, fault.Fault, fault.Worker, EndOf(fault), fault.Parameters);

    private static DateTimeOffset EndOf(InjectedFault fault) => fault.LeaseUntil is { } lease && lease < fault.Until ? lease : fault.Until;

    private static bool Overlaps(string? one, string? other) => one is null || other is null || one == other;
}
