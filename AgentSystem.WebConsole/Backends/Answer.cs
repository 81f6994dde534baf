using System.Diagnostics.CodeAnalysis;

namespace AgentSystem.WebConsole.Backends;

/// <summary>Why there is no data.</summary>
public enum ProblemKind
{
    /// <summary>This run has no such backend.</summary>
    NotConfigured,
    /// <summary>It cannot be reached, takes too long, or answers with an error of its own or with what is not its language.</summary>
    Down,
    /// <summary>It has no such thing.</summary>
    NotFound,
    /// <summary>It does not accept the request, for example a query with a mistake.</summary>
    Refused,
}

/// <summary>What is said in place of data.</summary>
/// <param name="Backend">Who was asked.</param>
/// <param name="Kind">What is the matter.</param>
/// <param name="Text">For people: the cause, in the backend's own words where it has some.</param>
/// <param name="Since">When it began (UTC): for a backend that is down, its first failure after its last answer.</param>
public sealed record Problem(Backend Backend, ProblemKind Kind, string Text, DateTimeOffset Since);

/// <summary>Makes answers.</summary>
public static class Answer
{
    /// <summary>Data as an answer; needed where the data's type is an interface, which C# converts to nothing.</summary>
    public static Answer<T> Of<T>(T value) => value;
}

/// <summary>What a backend said: data, or the problem that there is in its place.</summary>
/// <typeparam name="T">The data.</typeparam>
public sealed class Answer<T>
{
    private Answer(T? value, Problem? problem)
    {
        Value = value;
        Problem = problem;
    }

    /// <summary>The data, when <see cref="IsData"/>.</summary>
    public T? Value { get; }

    /// <summary>The problem, unless <see cref="IsData"/>.</summary>
    public Problem? Problem { get; }

    /// <summary>Whether there is data.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Problem))]
    public bool IsData => Problem is null;

    /// <summary>Data as an answer.</summary>
    public static implicit operator Answer<T>(T value) => new(value, null);

    /// <summary>A problem as an answer.</summary>
    public static implicit operator Answer<T>(Problem problem) => new(default, problem);

    /// <summary>The same answer about something that is made of the data.</summary>
    public Answer<TOther> Map<TOther>(Func<T, TOther> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        return IsData ? make(Value) : Problem;
    }
}
