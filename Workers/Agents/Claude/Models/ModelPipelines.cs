using System.Collections.Concurrent;
using AgentSystem.Workers.Configuration;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace AgentSystem.Workers.Agents.Claude.Models;

/// <summary>
/// What stands around the attempts at a call, from the outside in: the time for all of them, another attempt where it may help, and a
/// breaker for each model that gives it a rest when most of its attempts fail. Each attempt has its own time within.
/// </summary>
public sealed class ModelPipelines(IOptions<ClaudeOptions> options, TimeProvider time)
{
    private readonly ClaudeOptions _options = options.Value;
    private readonly ConcurrentDictionary<string, ResiliencePipeline<ModelAnswer>> _calls = new();

    /// <summary>Around all attempts at a call of <paramref name="model"/>.</summary>
    public ResiliencePipeline<ModelAnswer> For(string model) => _calls.GetOrAdd(model, _ => Build());

    /// <summary>Around one attempt.</summary>
    public ResiliencePipeline Attempt { get; } =
        new ResiliencePipelineBuilder { TimeProvider = time }.AddTimeout(options.Value.AttemptTimeout).Build();

    private ResiliencePipeline<ModelAnswer> Build()
    {
        var builder = new ResiliencePipelineBuilder<ModelAnswer> { TimeProvider = time };
        builder.AddTimeout(_options.TotalTimeout);
        if (_options.MaxRetries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions<ModelAnswer>
            {
                MaxRetryAttempts = _options.MaxRetries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = _options.RetryDelay,
                MaxDelay = _options.MaxRetryDelay,
                // Waiting longer is the orchestrator's business: it gives the slot to another task meanwhile.
                ShouldHandle = arguments => ValueTask.FromResult(
                    arguments.Outcome.Exception is ModelException { IsTransient: true } e
                    && (e.RetryAfter ?? TimeSpan.Zero) <= _options.MaxRetryDelay),
                DelayGenerator = arguments => ValueTask.FromResult((arguments.Outcome.Exception as ModelException)?.RetryAfter),
            });
        }
        builder.AddCircuitBreaker(new CircuitBreakerStrategyOptions<ModelAnswer>
        {
            FailureRatio = _options.Breaker.FailureRatio,
            MinimumThroughput = _options.Breaker.MinimumCalls,
            SamplingDuration = _options.Breaker.Window,
            BreakDuration = _options.Breaker.Pause,
            // Too many requests say nothing about whether the API works.
            ShouldHandle = arguments => ValueTask.FromResult(
                arguments.Outcome.Exception
                    is ModelException { Kind: ModelErrorKind.Overloaded or ModelErrorKind.Timeout or ModelErrorKind.Network }),
        });
        return builder.Build();
    }
}
