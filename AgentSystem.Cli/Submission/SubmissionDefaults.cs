using System.Security.Cryptography;
using System.Text;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Cli.Submission;

/// <summary>What the command line says about every task that does not say it itself.</summary>
internal sealed record SubmissionDefaults
{
    public required string Type { get; init; }

    public TaskPriority? Priority { get; init; }

    public string? Worker { get; init; }

    public int? MaxAttempts { get; init; }

    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Used as it is for a single task, and as the stem of every task's own key for several.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>What the JSON says wins, except for a priority: its absence cannot be told from <c>normal</c>.</summary>
    public TaskSubmission ApplyTo(TaskSubmission task) => task with
    {
        Type = task.Type ?? Type,
        Priority = Priority ?? task.Priority,
        Worker = task.Worker ?? Worker,
        MaxAttempts = task.MaxAttempts ?? MaxAttempts,
        Deadline = task.Deadline ?? Deadline,
    };

    /// <summary>
    /// Gives every task a key of its own that is the same the next time: of the stem and the task's name, so that a folder can be submitted
    /// again after a crash and only what is new becomes a task.
    /// </summary>
    public IReadOnlyList<NamedSubmission> WithKeys(IReadOnlyList<NamedSubmission> tasks)
    {
        if (IdempotencyKey is null)
            return tasks;
        if (tasks is [var only])
            return [only with { Task = only.Task with { IdempotencyKey = only.Task.IdempotencyKey ?? IdempotencyKey } }];
        return [.. tasks.Select(t => t with { Task = t.Task with { IdempotencyKey = t.Task.IdempotencyKey ?? $"{IdempotencyKey}:{Digest(t.Name)}" } })];
    }

    private static string Digest(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 12));
}

/// <summary>A task to submit and what people call it: its file's path, or where in the input it was.</summary>
internal sealed record NamedSubmission(string Name, TaskSubmission Task);
