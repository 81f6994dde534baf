using System.Net;
using AgentSystem.Protocol.Api;
using AgentSystem.Workers.Api;
using AgentSystem.Workers.Configuration;
using Microsoft.Extensions.Options;

namespace AgentSystem.Workers.Agents.Claude.Models;

/// <summary>
/// The money that all workers share, and the slots for calls of models: both are had from the orchestrator before a call, and given back or
/// spent after it.
/// </summary>
public sealed partial class Purse(OrchestratorApi orchestrator, IOptions<ClaudeOptions> options, TimeProvider time, ILogger<Purse> logger)
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(100), OutagePause = TimeSpan.FromSeconds(1);

    /// <summary>How long to wait for money that is held for other calls: most of it comes back when they are settled.</summary>
    private static readonly TimeSpan HeldPatience = TimeSpan.FromMinutes(2);

    /// <summary>Holds money and a slot for a call; waits for a slot as long as <paramref name="cancellation"/> lets it.</summary>
    /// <exception cref="AgentException">
    /// <c>budget_exceeded</c> says which ceiling the call would pass, <c>budget_unavailable</c> that nobody answers, <c>budget_refused</c> that
    /// the request makes no sense to the orchestrator (a model without a price).
    /// </exception>
    public async Task<BudgetReservation> ReserveAsync(BudgetRequest request, CancellationToken cancellation)
    {
        var asked = time.GetTimestamp();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                // Not cancelled on the way: what is granted then would be held by nobody, and count as spent.
                var reservation = await orchestrator.ReserveAsync(request, CancellationToken.None);
                if (!cancellation.IsCancellationRequested)
                    return reservation;
                await SettleAsync(reservation, new() { Usage = new(0, 0) });
                throw new OperationCanceledException(cancellation);
            }
            catch (OrchestratorException e) when (e.Status == HttpStatusCode.TooManyRequests)
            {
                var wait = e.RetryAfter is { } after && after > ShortestWait ? after : ShortestWait;
                await Task.Delay(wait, time, cancellation);
            }
            catch (OrchestratorException e) when (e.Refusal is { IsPassing: true } && time.GetElapsedTime(asked) < HeldPatience)
            {
                await Task.Delay(ShortestWait, time, cancellation);
            }
            catch (OrchestratorException e) when (e.IsOutage && time.GetElapsedTime(asked) < options.Value.OutagePatience)
            {
                await Task.Delay(OutagePause, time, cancellation);
            }
            catch (OrchestratorException e)
            {
                throw e.Status switch
                {
                    HttpStatusCode.PaymentRequired => new AgentException("budget_exceeded", e.Message, retryable: false),
                    HttpStatusCode.Conflict => new AgentException("budget_refused", e.Message, retryable: true),
                    _ when e.IsOutage => new AgentException(
                        "budget_unavailable", $"No model is called without a budget. {e.Message}", retryable: true),
                    _ => new AgentException("budget_refused", e.Message, retryable: false),
                };
            }
        }
    }

    /// <summary>
    /// Says what the call did cost, whatever has become of the task meanwhile. Null when nobody could be told; then it counts as spent in full.
    /// </summary>
    public async Task<BudgetSettled?> SettleAsync(BudgetReservation reservation, BudgetSettlement settlement)
    {
        try
        {
            return await orchestrator.SettleAsync(reservation.Id, settlement, CancellationToken.None);
        }
        catch (OrchestratorException e)
        {
            NotSettled(reservation.Id, reservation.AmountUsd, e.Message);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The call {Reservation} could not be settled and counts as spent in full ({AmountUsd} USD): {Reason}")]
    private partial void NotSettled(string reservation, decimal amountUsd, string reason);
}
