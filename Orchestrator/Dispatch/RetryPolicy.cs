using AgentSystem.Orchestrator.Configuration;
using Microsoft.Extensions.Options;

namespace AgentSystem.Orchestrator.Dispatch;

/// <summary>
/// Exponential back-off with full jitter: the wait is drawn evenly from 0 to a bound that doubles with each attempt, so that tasks that
/// failed together do not come back together.
/// </summary>
public sealed class RetryPolicy(IOptions<OrchestratorOptions> options)
{
    private const int MaxDoublings = 30;

    /// <summary>How long to wait after <paramref name="attempt"/> failed.</summary>
    public TimeSpan Delay(int attempt) => Bound(attempt) * Random.Shared.NextDouble();

    /// <summary>The longest that <see cref="Delay"/> can be.</summary>
    public TimeSpan Bound(int attempt)
    {
        var bound = options.Value.RetryBaseDelay * Math.Pow(2, Math.Min(attempt - 1, MaxDoublings));
        return bound < options.Value.RetryMaxDelay ? bound : options.Value.RetryMaxDelay;
    }
}
