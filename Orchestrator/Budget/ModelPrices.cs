using AgentSystem.Orchestrator.Journal;
using AgentSystem.Protocol.Api;
using Microsoft.Extensions.Options;

namespace AgentSystem.Orchestrator.Budget;

/// <summary>What calls cost, in 10⁻⁹ USD.</summary>
public sealed class ModelPrices
{
    private const decimal NanoUsdPerUsdPerMillion = Money.NanoUsd / 1_000_000m;

    // As published in October 2026; where a model has several prices, the highest.
    private static readonly (string Model, decimal Input, decimal Output)[] Published =
    [
        ("claude-fable-5", 10, 50), ("claude-mythos-5", 10, 50),
        ("claude-opus-5-5", 4, 20), ("claude-opus-5", 5, 25), ("claude-opus-4-8", 5, 25), ("claude-opus-4-7", 5, 25), ("claude-opus-4-6", 5, 25),
        ("claude-opus-4-5", 5, 25), ("claude-opus-4", 15, 75),
        ("claude-sonnet-5", 2, 10), ("claude-sonnet-4", 3, 15),
        ("claude-haiku-5-5", 0.5m, 2.5m), ("claude-haiku-4", 1, 5), ("claude-3-5-haiku", 0.8m, 4),
    ];

    private readonly (string Model, ModelPrice Price)[] _prices;

    /// <summary>Reads the prices.</summary>
    public ModelPrices(IOptions<BudgetOptions> options) => _prices =
    [
        .. options.Value.Prices.OrderByDescending(p => p.Key.Length).Select(p => (p.Key, p.Value)),
        .. Published.OrderByDescending(p => p.Model.Length).Select(p => (p.Model, new ModelPrice { InputUsd = p.Input, OutputUsd = p.Output })),
    ];

    /// <summary>What this model's tokens cost; null when nobody has said.</summary>
    public ModelPrice? Of(string model) => _prices.FirstOrDefault(p => model.StartsWith(p.Model, StringComparison.Ordinal)).Price;

    /// <summary>What these tokens cost, rounded up.</summary>
    public static long Cost(ModelPrice price, TokenUsage usage) => (long)decimal.Ceiling(NanoUsdPerUsdPerMillion * (
        usage.Input * price.InputUsd + usage.Output * price.OutputUsd + usage.CacheRead * (price.CacheReadUsd ?? price.InputUsd / 10) + usage.CacheWrite * CacheWrite(price)));

    /// <summary>The most that a call can cost: as if every token that goes in went into the cache.</summary>
    public static long AtMost(ModelPrice price, long input, long output) =>
        (long)decimal.Ceiling(NanoUsdPerUsdPerMillion * (input * Math.Max(price.InputUsd, CacheWrite(price)) + output * price.OutputUsd));

    private static decimal CacheWrite(ModelPrice price) => price.CacheWriteUsd ?? price.InputUsd * 1.25m;
}
