using AgentSystem.Protocol.Api;

namespace AgentSystem.Orchestrator.Journal;

/// <summary>Where a question stands. Nothing has to happen for it to be over: it is read off its row, its task and the clock.</summary>
public static class QuestionStates
{
    /// <summary>Waits for an answer.</summary>
    public const string Open = "open";

    /// <summary>Has one.</summary>
    public const string Answered = "answered";

    /// <summary>Nobody answered in time.</summary>
    public const string Expired = "expired";

    /// <summary>Its task ended without an answer.</summary>
    public const string Withdrawn = "withdrawn";

    /// <summary>Every state.</summary>
    public static IReadOnlyList<string> All { get; } = [Open, Answered, Expired, Withdrawn];

    /// <summary>The state by now of a question that was read as <paramref name="question"/>.</summary>
    public static string Of(Question question, DateTimeOffset now) => question.State == Open && question.Deadline <= now ? Expired : question.State;
}
