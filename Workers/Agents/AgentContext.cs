using AgentSystem.Protocol;

namespace AgentSystem.Workers.Agents;

/// <summary>What an agent gets with a task.</summary>
/// <param name="task">The task.</param>
/// <param name="documents">Reads what the payload names.</param>
/// <param name="time">The clock to use.</param>
/// <param name="report">Receives progress from 0 to 1 and a word on it.</param>
public sealed class AgentContext(AgentTask task, DocumentReader documents, TimeProvider time, Action<double, string?> report)
{
    /// <summary>The task.</summary>
    public AgentTask Task { get; } = task;

    /// <summary>The clock to use.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>Gives the task's place to others while something is waited for; null where nobody counts places.</summary>
    internal Func<Func<Task>, CancellationToken, Task>? LeavePlaceWhileAsync { get; init; }

    /// <summary>Says how far the work is. Call it as often as you like: only as much as a person can read is sent.</summary>
    /// <param name="fraction">From 0 to 1; what lies outside is cut.</param>
    /// <param name="message">For people: what is being done.</param>
    public void Report(double fraction, string? message = null) =>
        report(double.IsNaN(fraction) ? 0 : Math.Clamp(fraction, 0, 1), message);

    /// <summary>Waits for somebody else, a worker or a person. Another task is worked on in this one's place meanwhile.</summary>
    public async Task<T> WaitAsync<T>(Func<Task<T>> wait, CancellationToken cancellation)
    {
        if (LeavePlaceWhileAsync is null)
            return await wait();
        var result = default(T);
        await LeavePlaceWhileAsync(async () => result = await wait(), cancellation);
        return result!;
    }

    /// <summary>The payload's document: its <c>text</c>, or the file at its <c>path</c>.</summary>
    /// <exception cref="AgentException">The payload names none, or it may not or cannot be read.</exception>
    public Document ReadDocument() => documents.Read(Task.Payload);
}
