namespace AgentSystem.WebConsole.Alerts;

/// <summary>What somebody writes down for a silence.</summary>
public sealed class SilenceForm
{
    /// <summary>How long a silence may last.</summary>
    public static IReadOnlyList<TimeSpan> DurationChoices { get; } =
    [
        TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(4), TimeSpan.FromHours(8),
        TimeSpan.FromDays(1), TimeSpan.FromDays(3), TimeSpan.FromDays(7),
    ];

    /// <summary>What is silenced, as Prometheus writes matchers.</summary>
    public string Matchers { get; set; } = "";

    /// <summary>For how long.</summary>
    public TimeSpan Duration { get; set; } = TimeSpan.FromHours(2);

    /// <summary>Who.</summary>
    public string Author { get; set; } = "";

    /// <summary>Why.</summary>
    public string Comment { get; set; } = "";

    /// <summary>What is still to be done before it can be created.</summary>
    public string? Error => ReadMatchers().Error
        ?? (ReadMatchers().Matchers.All(matcher => matcher.Matches(Nothing))
            ? "At least one label has to be named that an alert without it does not match, or everything would be silent."
            : null)
        ?? (string.IsNullOrWhiteSpace(Author) ? "Say who silences, so that others know whom to ask." : null)
        ?? (string.IsNullOrWhiteSpace(Comment) ? "Say why." : null);

    private static IReadOnlyDictionary<string, string> Nothing { get; } = new Dictionary<string, string>();

    /// <summary>The alerts of now that it would silence.</summary>
    public IReadOnlyList<AlertView> Matched(AlertBoard board)
    {
        ArgumentNullException.ThrowIfNull(board);
        return ReadMatchers() is { Error: null, Matchers: var matchers } ? [.. board.Alerts.Where(alert => Matcher.AllMatch(matchers, alert.Labels))] : [];
    }

    /// <summary>The silence, beginning now; null while there is an <see cref="Error"/>.</summary>
    public NewSilence? Make(DateTimeOffset now) => Error is null ? new(ReadMatchers().Matchers, now, now + Duration, Author.Trim(), Comment.Trim()) : null;

    private (IReadOnlyList<Matcher> Matchers, string? Error) ReadMatchers()
    {
        try
        {
            return (Matcher.ParseAll(Matchers), null);
        }
        catch (FormatException e)
        {
            return ([], e.Message);
        }
    }
}
