namespace AgentSystem.Orchestrator.Journal;

/// <summary>The journal cannot be used; the message says what to do.</summary>
public sealed class JournalException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A submission was not accepted. Nothing of it was.</summary>
/// <param name="index">Which task of the submission, from 0.</param>
/// <param name="rejection">Why.</param>
/// <param name="detail">For people: what is wrong and what to do.</param>
public sealed class SubmissionRejectedException(int index, SubmissionRejection rejection, string detail) : Exception(detail)
{
    /// <summary>Which task of the submission, from 0.</summary>
    public int Index { get; } = index;

    /// <summary>Why.</summary>
    public SubmissionRejection Rejection { get; } = rejection;
}

/// <summary>Why a submission was not accepted.</summary>
public enum SubmissionRejection
{
    /// <summary>There is another task with this id.</summary>
    DuplicateId,
    /// <summary>The idempotency key belongs to a task with other content.</summary>
    KeyReused,
    /// <summary>Too many tasks are unsettled.</summary>
    Full,
    /// <summary>Its parent may not hand it in: too many, too deep, or in a circle.</summary>
    Subtask,
}
