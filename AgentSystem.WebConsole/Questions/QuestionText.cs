using AgentSystem.WebConsole.Formatting;

namespace AgentSystem.WebConsole.Questions;

/// <summary>How questions are shown.</summary>
public static class QuestionText
{
    /// <summary>The state of a question that waits for an answer.</summary>
    public const string Open = "open";

    /// <summary>The words of <c>?state=</c>, and their titles.</summary>
    public static IReadOnlyList<(string Word, string Title)> Views { get; } =
        [(Open, "Open"), ("answered", "Answered"), ("expired", "Expired"), ("withdrawn", "Withdrawn")];

    /// <summary>What a state means: an open question holds a task up.</summary>
    public static Tone ToneOf(string state) => state switch
    {
        Open => Tone.Warning,
        "answered" => Tone.Good,
        _ => Tone.Off,
    };
}
