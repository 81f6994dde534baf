namespace AgentSystem.Protocol;

/// <summary>
/// A sign of life: the content of <c>heartbeats/&lt;worker&gt;/&lt;instance&gt;.json</c>, rewritten by rename while the process lives.
/// Readers judge its age by watching it change on their own clock, so that clocks need not agree. It never calls a model.
/// </summary>
/// <param name="Worker">The worker's name.</param>
/// <param name="Instance">Which process of that worker (<c>service.instance.id</c>).</param>
/// <param name="Sequence">Grows with every beat.</param>
/// <param name="At">When it was written, by the writer's clock (UTC).</param>
/// <param name="StartedAt">When the process started (UTC).</param>
/// <param name="Concurrency">How many tasks it works on at once at most.</param>
/// <param name="Active">How many it works on now.</param>
/// <param name="Draining">True once it takes no more tasks.</param>
/// <param name="Types">The task types that its agents can do.</param>
/// <param name="Address">Where its <c>/metrics</c> and <c>/health</c> are, for example <c>http://127.0.0.1:41234</c>; null when unknown.</param>
public sealed record WorkerHeartbeat(
    string Worker,
    string Instance,
    long Sequence,
    DateTimeOffset At,
    DateTimeOffset StartedAt,
    int Concurrency,
    int Active,
    bool Draining,
    IReadOnlyList<string> Types,
    string? Address);
