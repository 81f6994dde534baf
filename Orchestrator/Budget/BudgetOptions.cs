using System.ComponentModel.DataAnnotations;

namespace AgentSystem.Orchestrator.Budget;

/// <summary>What model calls may cost, and what they do cost: section <c>Budget</c>. Days and months are those of UTC.</summary>
public sealed class BudgetOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Budget";

    private const string Ceiling = "A budget is an amount in USD from 0 (nothing may be spent) to 1,000,000.";

    /// <summary>What one task may cost at most with all its attempts and all that it hands on, in USD.</summary>
    [Range(0, 1_000_000, ErrorMessage = Ceiling)]
    public decimal TaskUsd { get; set; } = 2;

    /// <summary>What a worker may spend in a day, in USD, where <see cref="Workers"/> does not say.</summary>
    [Range(0, 1_000_000, ErrorMessage = Ceiling)]
    public decimal WorkerUsd { get; set; } = 10;

    /// <summary>What single workers may spend in a day, in USD: <c>Budget__Workers__marie=5</c>.</summary>
    public Dictionary<string, decimal> Workers { get; set; } = [];

    /// <summary>What all may spend in a day, in USD.</summary>
    [Range(0, 1_000_000, ErrorMessage = Ceiling)]
    public decimal DayUsd { get; set; } = 25;

    /// <summary>What all may spend in a month, in USD.</summary>
    [Range(0, 1_000_000, ErrorMessage = Ceiling)]
    public decimal MonthUsd { get; set; } = 300;

    /// <summary>Model calls of all workers that may be under way at once.</summary>
    [Range(1, 10_000, ErrorMessage = "Budget:MaxCalls must lie between 1 and 10,000.")]
    public int MaxCalls { get; set; } = 16;

    /// <summary>
    /// Prices by the beginning of a model's name, of which the longest counts; what is configured goes before what <see cref="ModelPrices"/> knows.
    /// </summary>
    public Dictionary<string, ModelPrice> Prices { get; set; } = [];
}

/// <summary>What a model's tokens cost, in USD per million.</summary>
public sealed class ModelPrice
{
    /// <summary>Tokens that go in.</summary>
    [Range(0, 100_000)]
    public decimal InputUsd { get; set; }

    /// <summary>Tokens that come out.</summary>
    [Range(0, 100_000)]
    public decimal OutputUsd { get; set; }

    /// <summary>Tokens read from the prompt cache; a tenth of <see cref="InputUsd"/> when it is not set.</summary>
    public decimal? CacheReadUsd { get; set; }

    /// <summary>Tokens put into the prompt cache for five minutes; five quarters of <see cref="InputUsd"/> when it is not set.</summary>
    public decimal? CacheWriteUsd { get; set; }
}
