using AgentSystem.Protocol.Api;

namespace AgentSystem.Orchestrator.Journal;

/// <summary>What the journal knows of what agents spend, hand on and ask.</summary>
public sealed partial class JournalQueries
{
    /// <summary>The tasks that this one comes from, its parent first: <paramref name="limit"/> at most.</summary>
    public IReadOnlyList<TaskRecord> Ancestors(string? parentId, int limit)
    {
        var ancestors = new List<TaskRecord>();
        for (var id = parentId; id is not null && ancestors.Count < limit && Find(id) is { } ancestor; id = ancestor.ParentId)
            ancestors.Add(ancestor);
        return ancestors;
    }

    /// <summary>Model calls under way.</summary>
    public int OpenCalls() => Read("SELECT count(*) FROM calls WHERE state = 0", row => row.GetInt32(0)).Single();

    /// <summary>Spent and held in the worker's day, or, without a worker, in the day or the month, in 10⁻⁹ USD.</summary>
    internal (long Spent, long Reserved) Amount(PursePeriod period) => Read(
        "SELECT spent, reserved FROM purse WHERE scope = $scope AND period = $period AND worker = $worker", row => (row.GetInt64(0), row.GetInt64(1)),
        ("$scope", period.Scope), ("$period", period.Period), ("$worker", period.Worker)).FirstOrDefault();

    /// <summary>The question as it stands now, or null.</summary>
    public Question? Question(string id, DateTimeOffset now) =>
        Read($"SELECT {QuestionStatements.Columns} FROM questions q WHERE q.id = $id", QuestionStatements.ReadQuestion, ("$id", id))
            .Select(q => q with { State = QuestionStates.Of(q, now) }).FirstOrDefault();

    /// <summary>Questions as they stand now, the newest first.</summary>
    /// <param name="state">Only those in this state; null for all.</param>
    /// <param name="taskId">Only this task's; null for all.</param>
    /// <param name="now">The time.</param>
    /// <param name="limit">How many at most.</param>
    public IReadOnlyList<Question> Questions(string? state, string? taskId, DateTimeOffset now, int limit) =>
    [
        .. Read(
            $"""
            SELECT {QuestionStatements.Columns} FROM questions q
            WHERE 1 {(taskId is null ? "" : "AND q.task_id = $task")} {(state == QuestionStates.Open ? "AND q.answer IS NULL AND q.deadline > $now" : "")}
            ORDER BY q.seq DESC LIMIT {QuestionsLookedAt}
            """,
            QuestionStatements.ReadQuestion, ("$now", Rows.Time(now)), ("$task", taskId ?? (object)DBNull.Value))
            .Select(q => q with { State = QuestionStates.Of(q, now) })
            .Where(q => state is null || q.State == state)
            .Take(limit),
    ];

    // How far back questions are looked for; an open one does not live that long.
    private const int QuestionsLookedAt = 10_000;
}
