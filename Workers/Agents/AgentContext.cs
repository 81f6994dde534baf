using AgentSystem.Protocol;
using AgentSystem.Workers.Tasks;

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

    /// <summary>The task's place among those that are worked on at once; null where nobody counts them.</summary>
    internal TaskSlot? Slot { get; init; }

    /// <summary>Says how far the work is. Call it as often as you like: only as much as a person can read is sent.</summary>
    /// <param name="fraction">From 0 to 1; what lies outside is cut.</param>
    /// <param name="message">For people: what is being done.</param>
    public void Report(double fraction, string? message = null) =>
        report(double.IsNaN(fraction) ? 0 : Math.Clamp(fraction, 0, 1), message);

    /// <summary>Waits for somebody else, a worker or a person. Another task is worked on in this one's place meanwhile.</summary>
    public Task<T> WaitAsync<T>(Func<Task<T>> wait, CancellationToken cancellation) =>
        Slot is null ? wait() : Slot.LeaveWhileAsync(wait, cancellation);

    /// <summary>The payload's document: its <c>text</c>, or the file at its <c>path</c>.</summary>
    /// <exception cref="AgentException">The payload names none, or it may not or cannot be read.</exception>
    public Document ReadDocument() => documents.Read(Task.Payload);
}
