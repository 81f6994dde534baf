namespace AgentSystem.Orchestrator.Why;

/// <summary>When this process started: what was under way before that had to wait for it.</summary>
internal sealed class OwnStart(TimeProvider time)
{
    /// <summary>The moment (UTC).</summary>
    internal DateTimeOffset At { get; } = time.GetUtcNow();
}
