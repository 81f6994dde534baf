using System.Buffers.Text;
using System.Globalization;
using System.Text;
using AgentSystem.Orchestrator.Configuration;
using AgentSystem.Orchestrator.Journal;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Orchestrator.Api;

/// <summary>Reads the query of <c>GET /tasks</c> and <c>GET /dead</c>.</summary>
internal static class TaskListQuery
{
    internal const int DefaultLimit = 100, MaxLimit = 1000;
    private const string CursorPrefix = "t1:";
    internal static readonly string[] Parameters = ["state", "worker", "type", "parent", "created_after", "created_before", "cursor", "limit"];

    /// <exception cref="BadInputException">A parameter makes no sense.</exception>
    internal static (TaskFilter Filter, int Limit) Read(IQueryCollection query, WorkerCatalog workers)
    {
        var errors = new FieldErrors();
        var at = errors.At("");
        var filter = new TaskFilter
        {
            States = States(query["state"].ToString(), at),
            Worker = Known(query, "worker", workers.Names, at),
            Type = Known(query, "type", workers.Types, at),
            Parent = Parent(query["parent"].ToString(), at),
            CreatedAfter = Time(query, "created_after", at),
            CreatedBefore = Time(query, "created_before", at),
            BeforeSeq = Cursor(query["cursor"].ToString(), at),
        };
        var limit = DefaultLimit;
        if (query["limit"].ToString() is { Length: > 0 } text
            && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= MaxLimit))
            at.Add("limit", $"must be a whole number from 1 to {MaxLimit}");
        errors.ThrowIfAny();
        return (filter, limit);
    }

    /// <summary>Where the page after <paramref name="last"/> begins. Opaque to clients.</summary>
    internal static string CursorAfter(TaskRecord last) =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{CursorPrefix}{last.Seq}")));

    private static long? Cursor(string text, FieldErrors.Scope errors)
    {
        if (text.Length == 0)
            return null;
        if (Base64Url.IsValid(text)
            && Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text)) is var plain
            && plain.StartsWith(CursorPrefix, StringComparison.Ordinal)
            && long.TryParse(plain.AsSpan(CursorPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var seq))
            return seq;
        errors.Add("cursor", "must be the 'next' of the page before, unchanged");
        return null;
    }

    private static string? Parent(string text, FieldErrors.Scope errors)
    {
        if (text.Length == 0 || TaskId.IsValid(text))
            return text.Length == 0 ? null : text;
        errors.Add("parent", "must be a task's id");
        return null;
    }

    private static TaskState[] States(string text, FieldErrors.Scope errors)
    {
        var names = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var states = Enum.GetValues<TaskState>();
        if (names.All(n => states.Any(s => s.ToName() == n)))
            return [.. states.Where(s => names.Contains(s.ToName()))];
        errors.Add("state", $"must be one or more of {string.Join(", ", states.Select(s => s.ToName()))}, separated by commas");
        return [];
    }

    private static string? Known(IQueryCollection query, string name, IReadOnlyList<string> known, FieldErrors.Scope errors)
    {
        var text = query[name].ToString();
        if (text.Length == 0)
            return null;
        if (!known.Contains(text))
            errors.Add(name, $"is not known; known are {string.Join(", ", known)}");
        return text;
    }

    private static DateTimeOffset? Time(IQueryCollection query, string name, FieldErrors.Scope errors)
    {
        var text = query[name].ToString();
        if (text.Length == 0)
            return null;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
            return time;
        errors.Add(name, "must be a time such as 2026-12-31T23:59:59Z");
        return null;
    }
}
