namespace AgentSystem.Protocol.Api;

/// <summary>
/// Body of <c>POST /tasks/{id}/questions</c>: an agent asks a person and waits. Asking the same again (a later attempt of the task) gives the
/// question that is there, with its answer.
/// </summary>
public sealed record QuestionRequest
{
    /// <summary>What is asked, for people.</summary>
    public required string Text { get; init; }

    /// <summary>The answers to choose from; any text when absent.</summary>
    public IReadOnlyList<string>? Choices { get; init; }

    /// <summary>Until when an answer is of use (UTC); the orchestrator's default when absent.</summary>
    public DateTimeOffset? Deadline { get; init; }
}

/// <summary>Body of <c>POST /questions/{id}/answer</c>. 409 says that it is answered or over already.</summary>
/// <param name="Text">The answer.</param>
/// <param name="By">Who answers.</param>
public sealed record QuestionAnswer(string Text, string By);

/// <summary>A question, its answer and where it stands. <c>GET /questions/{id}?wait=30</c> answers as soon as it is no longer open, or after that many seconds.</summary>
/// <param name="Id">The question.</param>
/// <param name="TaskId">The task that asks.</param>
/// <param name="Worker">The worker that asks.</param>
/// <param name="Text">What is asked.</param>
/// <param name="Choices">The answers to choose from; null for any.</param>
/// <param name="State"><c>open</c>, <c>answered</c>, <c>expired</c> (nobody answered in time) or <c>withdrawn</c> (its task ended).</param>
/// <param name="AskedAt">When (UTC).</param>
/// <param name="Deadline">Until when (UTC).</param>
/// <param name="Answer">The answer; null while there is none.</param>
/// <param name="AnsweredBy">Who answered.</param>
/// <param name="AnsweredAt">When (UTC).</param>
public sealed record Question(
    string Id, string TaskId, string Worker, string Text, IReadOnlyList<string>? Choices, string State, DateTimeOffset AskedAt, DateTimeOffset Deadline,
    string? Answer, string? AnsweredBy, DateTimeOffset? AnsweredAt);

/// <summary>Answer of <c>GET /questions</c>, newest first.</summary>
/// <param name="Questions">Those of the state that was asked for (<c>?state=open</c>), or all.</param>
public sealed record QuestionList(IReadOnlyList<Question> Questions);
