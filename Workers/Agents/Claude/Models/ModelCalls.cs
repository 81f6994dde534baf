using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using AgentSystem.Workers.Agents.Claude.Privacy;
using AgentSystem.Workers.Configuration;
using Microsoft.Extensions.Options;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace AgentSystem.Workers.Agents.Claude.Models;

/// <summary>
/// Calls of the Messages API: each attempt has its money and its slot reserved before it and is settled after it, whatever comes of it, and
/// is a <c>chat</c> span and one in <c>claude_invocations_total</c>. What stands around the attempts is in <see cref="ModelPipelines"/>.
/// </summary>
public sealed partial class ModelCalls(
    AnthropicApi api, Purse purse, ModelPipelines pipelines, ModelInstruments instruments, ChatSpans spans, IEnumerable<IModelFault> faults,
    IOptions<ClaudeOptions> options, Redactor redactor, TimeProvider time, ILogger<ModelCalls> logger) : IModelCalls
{
    private readonly ClaudeOptions _options = options.Value;

    /// <inheritdoc/>
    public async Task<ModelAnswer> AskAsync(ModelRequest request, AgentTask task, RunTotals totals, CancellationToken cancellation)
    {
        try
        {
            return await pipelines.For(request.Model).ExecuteAsync(
                async token => await AttemptAsync(request, task, totals, token), cancellation);
        }
        catch (TimeoutRejectedException e)
        {
            throw new ModelException(
                ModelErrorKind.Timeout, $"{request.Model} did not answer within {_options.TotalTimeout.TotalSeconds:0.###} s, all attempts together.", e);
        }
        catch (BrokenCircuitException e)
        {
            throw new ModelException(
                ModelErrorKind.Overloaded,
                $"Most calls of {request.Model} failed lately; it is given a rest of {_options.Breaker.Pause.TotalSeconds:0.###} s.", e);
        }
    }

    private async Task<ModelAnswer> AttemptAsync(ModelRequest request, AgentTask task, RunTotals totals, CancellationToken cancellation)
    {
        var reservation = await purse.ReserveAsync(
            new()
            {
                TaskId = task.Id,
                Attempt = task.Attempt,
                Worker = task.Worker,
                Model = request.Model,
                InputTokens = request.InputTokensAtMost,
                MaxOutputTokens = request.MaxTokens,
                Seconds = _options.AttemptTimeout.TotalSeconds,
            },
            cancellation);
        using var span = spans.Start(request, task);
        var (answer, started) = (new StreamedAnswer(), time.GetTimestamp());
        ModelException? error = null;
        var stopped = true;
        try
        {
            await SendAsync(request, answer, cancellation);
            stopped = false;
            return answer.ToAnswer() is { StopReason: not ModelAnswer.Refusal } given
                ? given
                : throw new ModelException(ModelErrorKind.Refused, $"{request.Model} declines this task.");
        }
        catch (ModelException e)
        {
            (error, stopped) = (e, false);
            // It may quote what the model was given.
            AttemptFailed(request.Model, e.Kind.ToName(), redactor.Redact(e.Message));
            throw;
        }
        finally
        {
            var duration = time.GetElapsedTime(started);
            var settlement = Settlement(request, answer, error);
            var settled = await purse.SettleAsync(reservation, settlement);
            totals.Add(settlement.Usage, settled?.CostUsd ?? 0);
            var errorType = stopped ? "cancelled" : error?.Kind.ToName();
            instruments.Count(request.Model, TelemetryNames.Spans.Chat, duration, settlement.Usage, settled?.CostUsd, errorType);
            if (error is { IsInjected: false })
                instruments.CountError(error.Kind);
            if (answer.FirstEventAfter(time, started) is { } first)
                instruments.FirstChunk(request.Model, first);
            spans.End(span, answer, settlement.Usage, settled?.CostUsd, errorType);
        }
    }

    private async Task SendAsync(ModelRequest request, StreamedAnswer answer, CancellationToken cancellation)
    {
        faults.BeforeCall();
        try
        {
            await pipelines.Attempt.ExecuteAsync(async token => await api.StreamAsync(request, answer, token), cancellation);
        }
        catch (TimeoutRejectedException e)
        {
            throw new ModelException(
                ModelErrorKind.Timeout, $"{request.Model} did not answer within {_options.AttemptTimeout.TotalSeconds:0.###} s.", e);
        }
    }

    /// <summary>What an attempt took. Of one that broke off before it was answered, what went in is an estimate, too.</summary>
    private static BudgetSettlement Settlement(ModelRequest request, StreamedAnswer answer, ModelException? error) => answer switch
    {
        { IsComplete: true } => new() { Usage = answer.Usage },
        { HasBegun: true } => new() { Usage = answer.Usage, Estimated = true },
        _ when error is { IsFree: true } => new() { Usage = new(0, 0) },
        _ => new() { Usage = new(request.InputTokensProbably, 0), Estimated = true },
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "An attempt at a call of {Model} failed ({ErrorType}): {Reason}")]
    private partial void AttemptFailed(string model, string errorType, string reason);
}
