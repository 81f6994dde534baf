using System.Text.Json.Serialization;

namespace AgentSystem.Protocol.Api;

/// <summary>
/// Body of <c>POST /budget/calls</c>: asks for money and for one of the slots that all workers share, before a model is called.
/// What it may cost at most follows from the tokens and the model's price, or is said as <see cref="AmountUsd"/>.
/// </summary>
/// <remarks>
/// 201 is a <see cref="BudgetReservation"/>; 402 says which ceiling the call would pass (<see cref="BudgetRefusal"/>), 429 that all slots are
/// taken (<c>Retry-After</c> in seconds), 404 that there is no such task, 400 that the model has no price.
/// </remarks>
public sealed record BudgetRequest
{
    /// <summary>The task that the call is made for.</summary>
    public required string TaskId { get; init; }

    /// <summary>The attempt, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>The worker that calls.</summary>
    public required string Worker { get; init; }

    /// <summary>The model's name, as the API takes it.</summary>
    public required string Model { get; init; }

    /// <summary>Tokens that go in, at most.</summary>
    public long? InputTokens { get; init; }

    /// <summary>Tokens that come out, at most.</summary>
    public long? MaxOutputTokens { get; init; }

    /// <summary>What it may cost at most, in USD, where tokens are not known beforehand (a run of Claude Code).</summary>
    public decimal? AmountUsd { get; init; }

    /// <summary>How long the call may last at most, in seconds. What is not settled a minute later counts as spent in full.</summary>
    public required double Seconds { get; init; }
}

/// <summary>Money and a slot, held for one call.</summary>
/// <param name="Id">Names it when it is settled.</param>
/// <param name="AmountUsd">What is held, in USD.</param>
/// <param name="ExpiresAt">When it counts as spent in full (UTC), unless it is settled before.</param>
public sealed record BudgetReservation(string Id, decimal AmountUsd, DateTimeOffset ExpiresAt);

/// <summary>Why a call was refused: the ceiling that it would have passed. A problem (RFC 9457) with these fields besides.</summary>
/// <param name="Detail">For people: the ceiling, what is spent and held, and what to do.</param>
/// <param name="Scope"><c>task</c>, <c>worker</c>, <c>day</c> or <c>month</c>.</param>
/// <param name="LimitUsd">The ceiling, in USD.</param>
/// <param name="SpentUsd">Spent under it, in USD.</param>
/// <param name="ReservedUsd">Held under it for calls under way, in USD.</param>
/// <param name="AmountUsd">What the call may cost at most, in USD.</param>
public sealed record BudgetRefusal(string Detail, string Scope, decimal LimitUsd, decimal SpentUsd, decimal ReservedUsd, decimal AmountUsd)
{
    /// <summary>Whether only what is held for others stands in the way: most of that comes back when their calls are settled.</summary>
    [JsonIgnore]
    public bool IsPassing => SpentUsd + AmountUsd <= LimitUsd;
}

/// <summary>Tokens of a call, as the model's API counts them: the four kinds are disjoint.</summary>
/// <param name="Input">Read as they are.</param>
/// <param name="Output">Written.</param>
/// <param name="CacheRead">Read from the prompt cache.</param>
/// <param name="CacheWrite">Read and put into the prompt cache.</param>
public sealed record TokenUsage(long Input, long Output, long CacheRead = 0, long CacheWrite = 0);

/// <summary>
/// Body of <c>PUT /budget/calls/{id}</c>: what the call did cost. Settling twice changes nothing and gives the same answer; 404 says that there is no such
/// reservation.
/// </summary>
public sealed record BudgetSettlement
{
    /// <summary>What the API counted; all zero for a call that cost nothing.</summary>
    public required TokenUsage Usage { get; init; }

    /// <summary>What it cost in USD, where somebody else has priced it (Claude Code); else it follows from <see cref="Usage"/>.</summary>
    public decimal? CostUsd { get; init; }

    /// <summary>Whether the end of the call was not seen, so that <see cref="Usage"/> is the caller's estimate.</summary>
    public bool Estimated { get; init; }
}

/// <summary>A settled call.</summary>
/// <param name="CostUsd">What it cost, in USD.</param>
/// <param name="TaskCostUsd">What the task has cost so far, in USD.</param>
public sealed record BudgetSettled(decimal CostUsd, decimal TaskCostUsd);

/// <summary>Answer of <c>GET /budget</c>.</summary>
/// <param name="Ceilings">Every ceiling but those of single tasks.</param>
/// <param name="OpenCalls">Calls under way.</param>
/// <param name="MaxCalls">How many there may be at once.</param>
public sealed record BudgetView(IReadOnlyList<BudgetCeiling> Ceilings, int OpenCalls, int MaxCalls);

/// <summary>A ceiling and how much of it is gone.</summary>
/// <param name="Scope"><c>worker</c> (its day), <c>day</c> or <c>month</c>, counted in UTC.</param>
/// <param name="Worker">Whose it is; null for all together.</param>
/// <param name="LimitUsd">The ceiling, in USD.</param>
/// <param name="SpentUsd">Spent, in USD.</param>
/// <param name="ReservedUsd">Held for calls under way, in USD.</param>
/// <param name="ResetsAt">When it begins anew (UTC).</param>
public sealed record BudgetCeiling(string Scope, string? Worker, decimal LimitUsd, decimal SpentUsd, decimal ReservedUsd, DateTimeOffset ResetsAt);
