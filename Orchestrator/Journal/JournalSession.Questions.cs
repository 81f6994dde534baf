using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Orchestrator.Journal;

/// <summary>What agents ask people. Each question and each answer is an event of its task, so that whoever waits is woken.</summary>
public sealed partial class JournalSession
{
    /// <summary>Names of the events.</summary>
    public const string AskedEvent = "question", AnsweredEvent = "answer";

    /// <summary>Asks; a task that asks the same again gets the question that is there. Null when the task is settled or unknown.</summary>
    public (Question Question, bool IsNew)? Ask(string taskId, string text, IReadOnlyList<string>? choices, DateTimeOffset deadline)
    {
        if (_sql.Find(taskId) is not { } task || task.State.IsSettled())
            return null;
        if (_questions.Find(taskId, text) is { } asked)
            return (asked, false);
        var question = new Question(
            TaskId.New(_time.GetUtcNow()), task.Id, task.Worker, text, choices, QuestionStates.Open, _time.GetUtcNow(), deadline, Answer: null, AnsweredBy: null, AnsweredAt: null);
        _questions.Insert(question);
        Announce(task, AskedEvent, text);
        return (question, true);
    }

    /// <summary>Answers the question if it is open; the question as it is then, and whether this answer is the one. Null when there is no such question.</summary>
    public (Question Question, bool Answered)? Answer(string id, string text, string by)
    {
        if (_questions.Find(id) is not { } question)
            return null;
        if (QuestionStates.Of(question, _time.GetUtcNow()) != QuestionStates.Open)
            return (question, false);
        var answered = question with { State = QuestionStates.Answered, Answer = text, AnsweredBy = by, AnsweredAt = _time.GetUtcNow() };
        _questions.Update(answered);
        if (_sql.Find(question.TaskId) is { } task)
            Announce(task, AnsweredEvent, $"{by}: {text}");
        return (answered, true);
    }

    private void Announce(TaskRecord task, string name, string message) => Announce(
        task.Id, name, task.Worker, task.Attempt, _time.GetUtcNow(), progress: null, message, task.CorrelationId);
}
