namespace AgentSystem.WebConsole.Formatting;

/// <summary>Says what of an address is not understood, and what is shown instead: a link that somebody wrote by hand is not to lie.</summary>
public static class AddressWords
{
    private const int MostShown = 60;

    /// <summary>A sentence about one parameter; null when it is absent or makes sense.</summary>
    /// <param name="name">The parameter's name.</param>
    /// <param name="written">What the address has.</param>
    /// <param name="isUnderstood">Whether that makes sense.</param>
    /// <param name="shown">What is shown in its place, for example <c>all are shown</c>.</param>
    public static string? Mistake(string name, string? written, bool isUnderstood, string shown) =>
        string.IsNullOrWhiteSpace(written) || isUnderstood ? null : $"The address has {name}={Short(written)}, which is not understood: {shown}.";

    /// <summary>The same for one of several words.</summary>
    public static string? Mistake(string name, string? written, IEnumerable<string> known, string shown) =>
        Mistake(name, written, known.Contains(written, StringComparer.OrdinalIgnoreCase), shown);

    /// <summary>The same for the two ends of a range of time.</summary>
    public static string? Mistake(string? from, string? to, TimeRange shown, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(shown);
        var written = string.Join(" and ", new[] { ("from", from), ("to", to) }.Where(end => !string.IsNullOrWhiteSpace(end.Item2)).Select(end => $"{end.Item1}={Short(end.Item2!)}"));
        return written.Length == 0 || TimeRange.IsUnderstood(from, to, shown)
            ? null
            : $"The address has {written}, which is no range of time: what is shown is of {shown.Describe(now)}. A range is written as from=now-6h and to=now, or as moments.";
    }

    private static string Short(string text) => text.Length <= MostShown ? text : text[..MostShown] + "…";
}
