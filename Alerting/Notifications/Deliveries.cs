using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace AgentSystem.Alerting.Notifications;

/// <summary>
/// How a channel is tried: each attempt has its time, what may pass is tried for as long as it takes (when the service says, else ever more
/// seldom), and a service that fails again and again is left alone for a while.
/// </summary>
internal static class Deliveries
{
    // A service that asks for more than this is mistaken.
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <param name="options">How hard.</param>
    /// <param name="time">The clock.</param>
    /// <param name="failed">Hears of each attempt that another one follows, with the wait between.</param>
    internal static ResiliencePipeline Create(
        DeliveryOptions options, TimeProvider time, Action<Exception, TimeSpan> failed) => new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<Exception>(e => MayPass(e) || e is BrokenCircuitException),
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = options.BaseDelay,
            MaxDelay = options.MaxDelay,
            DelayGenerator = attempt => ValueTask.FromResult(WaitAskedFor(attempt.Outcome.Exception)),
            OnRetry = attempt =>
            {
                failed(attempt.Outcome.Exception!, attempt.RetryDelay);
                return ValueTask.CompletedTask;
            },
        })
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<Exception>(MayPass),
            FailureRatio = 0.5,
            MinimumThroughput = options.BreakAfter,
            // Long enough that the slowest attempts are counted together; a day is the most that there can be.
            SamplingDuration = TimeSpan.FromTicks(Math.Clamp(
                options.BreakAfter * (options.Timeout + options.MaxDelay).Ticks, TimeSpan.TicksPerSecond, TimeSpan.TicksPerDay)),
            BreakDuration = options.BreakDuration,
        })
        .AddTimeout(options.Timeout)
        .Build();

    /// <summary>Whether another attempt may end better: the network, the time, what the service says of itself.</summary>
    internal static bool MayPass(Exception e) => e switch
    {
        DeliveryException delivery => !delivery.IsFinal,
        // That somebody cancelled is nobody's failure; where it is the service that stops, no attempt follows.
        HttpRequestException or IOException or Polly.Timeout.TimeoutRejectedException or OperationCanceledException => true,
        _ => false,
    };

    private static TimeSpan? WaitAskedFor(Exception? e)
    {
        var wait = e switch { DeliveryException delivery => delivery.RetryAfter, BrokenCircuitException broken => broken.RetryAfter, _ => null };
        return wait is { } asked ? TimeSpan.FromTicks(Math.Clamp(asked.Ticks, 0, LongestWait.Ticks)) : null;
    }
}
