using AgentSystem.Protocol;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AgentSystem.ServiceDefaults.Chaos;

/// <summary>
/// Does the faults that are ordered: begins each when its order appears, and ends it when the order is over or gone, or the process stops. It asks
/// nobody, so that a fault ends in time even if whoever wanted it is dead.
/// </summary>
public sealed class FaultRunner(FaultOrders orders, IEnumerable<IFault> faults, TimeProvider time, ILogger<FaultRunner> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly Dictionary<string, IFault> _faults = faults.ToDictionary(fault => fault.Name);
    private readonly Dictionary<string, (FaultOrder Order, IFault Fault)> _running = [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
                Look();
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        finally
        {
            foreach (var id in _running.Keys.ToList())
                End(id);
        }
    }

    private void Look()
    {
        var current = orders.Current().Where(order => _faults.ContainsKey(order.Fault)).ToDictionary(order => order.Id);
        foreach (var id in _running.Keys.Where(id => !current.ContainsKey(id)).ToList())
            End(id);
        foreach (var order in current.Values.Where(order => !_running.ContainsKey(order.Id) && _running.Values.All(r => r.Order.Fault != order.Fault)))
            Begin(order);
    }

    private void Begin(FaultOrder order)
    {
        var fault = _faults[order.Fault];
        _running[order.Id] = (order, fault);
        logger.FaultBegins(order.Fault, order.Id, order.Until);
        Try(() => fault.Begin(order), order);
    }

    private void End(string id)
    {
        _running.Remove(id, out var running);
        Try(running.Fault.End, running.Order);
        logger.FaultEnds(running.Order.Fault, id);
    }

    // A fault that fails must not keep the others from ending.
    private void Try(Action step, FaultOrder order)
    {
        try
        {
            step();
        }
        catch (Exception e)
        {
            logger.FaultFailed(e, order.Fault, order.Id);
        }
    }
}

/// <summary>What is logged about faults.</summary>
internal static partial class FaultLoggerExtensions
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The injected fault {Fault} ({Id}) begins here; it is over at {Until:O} at the latest")]
    public static partial void FaultBegins(this ILogger logger, string fault, string id, DateTimeOffset until);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The injected fault {Fault} ({Id}) is undone here")]
    public static partial void FaultEnds(this ILogger logger, string fault, string id);

    [LoggerMessage(Level = LogLevel.Error, Message = "The injected fault {Fault} ({Id}) did not go as it should")]
    public static partial void FaultFailed(this ILogger logger, Exception e, string fault, string id);
}
