using AgentSystem.Protocol.Api;

namespace AgentSystem.Workers.Agents.Claude.Models;

/// <summary>What one run of a task has taken so far.</summary>
public sealed class RunTotals
{
    /// <summary>Requests to the model, those that failed included.</summary>
    public int Calls { get; private set; }

    /// <summary>Tokens of all of them.</summary>
    public TokenUsage Usage { get; private set; } = new(0, 0);

    /// <summary>What they cost, in USD.</summary>
    public decimal CostUsd { get; private set; }

    /// <summary>Adds a request.</summary>
    public void Add(TokenUsage usage, decimal costUsd)
    {
        Calls++;
        CostUsd += costUsd;
        Usage = new(Usage.Input + usage.Input, Usage.Output + usage.Output, Usage.CacheRead + usage.CacheRead, Usage.CacheWrite + usage.CacheWrite);
    }
}
