using System.Globalization;
using System.Text.Json;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;

namespace AgentSystem.WebConsole.Tasks;

/// <summary>What somebody fills in to hand a task in.</summary>
public sealed class NewTask
{
    /// <summary>How many characters a form takes: more than the orchestrator does, so that it says what is too long and nothing is cut in silence.</summary>
    public const int MaxText = 1_000_000;

    /// <summary>What kind of work it is.</summary>
    public string Type { get; set; } = "document_analysis";

    /// <summary>Whether the document is a file; else it is <see cref="Text"/>.</summary>
    public bool IsFile { get; set; } = true;

    /// <summary>Absolute path of the document, where the agents run.</summary>
    public string Path { get; set; } = "";

    /// <summary>The document itself.</summary>
    public string Text { get; set; } = "";

    /// <summary>How urgent it is.</summary>
    public string Priority { get; set; } = "normal";

    /// <summary>Who has to do it; the orchestrator chooses when empty.</summary>
    public string Worker { get; set; } = "";

    /// <summary>How many tries there are; the orchestrator's default when empty.</summary>
    public string MaxAttempts { get; set; } = "";

    /// <summary>Minutes from now after which it is not worth doing; none when empty.</summary>
    public string DeadlineMinutes { get; set; } = "";

    /// <summary>What to hand in, or what is wrong in a sentence. What only the orchestrator knows, it says.</summary>
    public (TaskSubmission? Submission, string? Error) ToSubmission(DateTimeOffset now)
    {
        if (IsFile && !Path.Trim().StartsWith('/'))
            return (null, "Give the absolute path of the document, beginning with a slash.");
        if (!IsFile && string.IsNullOrWhiteSpace(Text))
            return (null, "Give the text of the document.");
        if (!TryNumber(MaxAttempts, 1, 100, out var attempts))
            return (null, "Attempts are a whole number from 1 to 100.");
        if (!TryNumber(DeadlineMinutes, 1, 525_600, out var minutes))
            return (null, "The deadline is a whole number of minutes, at most a year.");
        return (new TaskSubmission
        {
            Type = Type.Trim(),
            Priority = Enum.GetValues<TaskPriority>().FirstOrDefault(p => p.ToName() == Priority, TaskPriority.Normal),
            Worker = Worker.Length > 0 ? Worker : null,
            MaxAttempts = attempts,
            Deadline = minutes is { } m ? now.AddMinutes(m) : null,
            Payload = JsonSerializer.SerializeToElement(
                new Dictionary<string, string> { [IsFile ? "path" : "text"] = IsFile ? Path.Trim() : Text }),
        }, null);
    }

    private static bool TryNumber(string text, int least, int most, out int? number)
    {
        number = null;
        if (string.IsNullOrWhiteSpace(text))
            return true;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var given) || given < least || given > most)
            return false;
        number = given;
        return true;
    }
}
