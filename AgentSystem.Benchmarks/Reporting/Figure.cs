namespace AgentSystem.Benchmarks.Reporting;

/// <summary>Something that was measured.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">How much.</param>
/// <param name="Unit">Of what.</param>
internal sealed record Figure(string Name, double Value, string Unit)
{
    /// <summary>What it has to be at least, or at most; null when nothing was promised.</summary>
    public Target? Target { get; init; }

    /// <summary>What else is to be said: other percentiles, how it was measured.</summary>
    public string Note { get; init; } = "";

    /// <summary>The same work done by something else, in the same run.</summary>
    public Peer? Peer { get; init; }

    /// <summary>Whether a promise was broken.</summary>
    public bool IsMissed => Target is { } target && !(target.IsMinimum ? Value >= target.Value : Value <= target.Value);
}

/// <summary>A promise.</summary>
/// <param name="Value">In the figure's unit.</param>
/// <param name="IsMinimum">At least that much; else at most.</param>
internal sealed record Target(double Value, bool IsMinimum);

/// <summary>Something that does the same work.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">In the figure's unit.</param>
internal sealed record Peer(string Name, double Value);
