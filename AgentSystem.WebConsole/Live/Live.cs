using AgentSystem.WebConsole.Backends;

namespace AgentSystem.WebConsole.Live;

/// <summary>
/// What is known now: the newest data, and the problem if its source does not answer any more. Both at once means that the data is as old as
/// <see cref="At"/>.
/// </summary>
/// <typeparam name="T">The data.</typeparam>
/// <param name="Value">The newest data; null before the first answer, and where there is only a problem.</param>
/// <param name="At">When the data came (UTC).</param>
/// <param name="Problem">Why there is no newer data; null when the last question was answered.</param>
/// <param name="Mistake">What went wrong with us when we asked, while there is nothing to show; null but then.</param>
public sealed record Live<T>(T? Value = default, DateTimeOffset At = default, Problem? Problem = null, Exception? Mistake = null)
{
    /// <summary>Whether nothing was answered yet, neither data nor a problem.</summary>
    public bool IsWaiting => !HasData && Problem is null;

    /// <summary>Whether there is data, new or old.</summary>
    public bool HasData => At != default;

    /// <summary>Takes in the next answer. What is gone or refused has no older data; a backend that is down leaves what it said.</summary>
    internal Live<T> Next(Answer<T> answer, DateTimeOffset now)
    {
        if (answer.IsData)
            return new(answer.Value, now, null);
        return answer.Problem.Kind == ProblemKind.Down ? this with { Problem = answer.Problem } : new(default, default, answer.Problem);
    }
}
