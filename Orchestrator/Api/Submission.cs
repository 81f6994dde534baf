using System.Security.Cryptography;
using AgentSystem.Protocol;

namespace AgentSystem.Orchestrator.Api;

/// <summary>A submission that was checked: every field makes sense by itself.</summary>
internal sealed record Submission
{
    public string? Id { get; init; }
    public required string Type { get; init; }
    public TaskPriority Priority { get; init; } = TaskPriority.Normal;
    public string? Worker { get; init; }
    public required int MaxAttempts { get; init; }
    public DateTimeOffset? Deadline { get; init; }
    public string? IdempotencyKey { get; init; }
    public string? ParentId { get; init; }

    /// <summary>UTF-8 JSON without white space.</summary>
    public required byte[] Payload { get; init; }

    public string? ReplayOf { get; init; }

    /// <summary>The same for submissions that ask for the same.</summary>
    public string ContentHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in (ReadOnlySpan<string>)[Id ?? "", Type, Priority.ToName(), Worker ?? "", $"{MaxAttempts}", $"{Deadline?.ToUnixTimeMilliseconds()}", .. ParentId is null ? [] : new[] { ParentId }])
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(part + "\n"));
        hash.AppendData(Payload);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>What was sent cannot be accepted.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="title">In one sentence.</param>
/// <param name="detail">What to do.</param>
/// <param name="errors">By field, for example <c>tasks[3].type</c>.</param>
internal sealed class BadInputException(int status, string title, string? detail, IDictionary<string, string[]>? errors = null) : Exception(title)
{
    public int Status { get; } = status;
    public string? Detail { get; } = detail;
    public IDictionary<string, string[]>? Errors { get; } = errors;
}
