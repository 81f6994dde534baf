using System.Text.RegularExpressions;

namespace AgentSystem.WebConsole.Logs;

/// <summary>What can be written at a place of a query.</summary>
public enum CompletionKind
{
    /// <summary>Nothing that could be guessed.</summary>
    None,
    /// <summary>A function, or the selector that begins a query.</summary>
    Start,
    /// <summary>A label's name.</summary>
    LabelName,
    /// <summary>How it is compared.</summary>
    Operator,
    /// <summary>A label's value.</summary>
    LabelValue,
    /// <summary>A filter of lines, or a stage.</summary>
    Filter,
    /// <summary>A stage's name, or a field's.</summary>
    Stage,
    /// <summary>A field's value.</summary>
    FieldValue,
    /// <summary>How far a range reaches back.</summary>
    Duration,
}

/// <summary>A text to write in place of another one.</summary>
/// <param name="Label">What is shown.</param>
/// <param name="Text">What is written.</param>
/// <param name="From">The first character that it replaces.</param>
/// <param name="To">The first character that stays.</param>
public sealed record Completion(string Label, string Text, int From, int To)
{
    /// <summary>The query with it.</summary>
    public string ApplyTo(string query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return query[..From] + Text + query[To..];
    }

    /// <summary>Where one goes on writing.</summary>
    public int End => From + Text.Length;
}

/// <summary>What is being written at a place of a query, and how it could go on.</summary>
/// <param name="Kind">What can stand there.</param>
/// <param name="Name">Whose value it is.</param>
/// <param name="Prefix">What of it is written already.</param>
/// <param name="From">Where that begins.</param>
/// <param name="To">Where one is.</param>
/// <param name="IsQuoted">Whether the quotes are open already.</param>
public sealed partial record LogQlCompletion(CompletionKind Kind, string Name, string Prefix, int From, int To, bool IsQuoted = false)
{
    /// <summary>How many are offered.</summary>
    public const int Most = 12;

    private static readonly string[] Functions =
    [
        "count_over_time", "rate", "sum", "avg", "max", "min", "topk", "bottomk", "count", "quantile_over_time", "avg_over_time", "max_over_time", "min_over_time",
        "sum_over_time", "bytes_over_time", "bytes_rate", "first_over_time", "last_over_time", "absent_over_time", "stddev_over_time", "stdvar_over_time", "sort", "sort_desc",
    ];

    private static readonly string[] Stages =
        ["json", "logfmt", "line_format", "label_format", "unwrap", "drop", "keep", "decolorize", "pattern", "regexp", "unpack"];

    /// <summary>Looks at a query.</summary>
    /// <param name="query">LogQL, finished or not.</param>
    /// <param name="position">Where one writes.</param>
    public static LogQlCompletion At(string query, int position)
    {
        ArgumentNullException.ThrowIfNull(query);
        position = Math.Clamp(position, 0, query.Length);
        var place = LogQlText.At(query, position);
        var piece = query[place.PieceStart..position];
        if (place.StringStart is { } start)
        {
            var owner = Comparison().Match(query[place.PieceStart..(start - 1)]);
            return !owner.Success ? new(CompletionKind.None, "", "", position, position)
                : new(place.IsInSelector ? CompletionKind.LabelValue : CompletionKind.FieldValue, owner.Groups["name"].Value, query[start..position], start, position, IsQuoted: true);
        }
        if (place.IsInRange)
            return new(CompletionKind.Duration, "", piece, place.PieceStart, position);
        if (Comparison().Match(piece) is { Success: true } comparison && (place.IsInSelector || place.IsAfterPipe))
            return new(place.IsInSelector ? CompletionKind.LabelValue : CompletionKind.FieldValue, comparison.Groups["name"].Value, "", position, position);
        var word = Word().Match(piece).Value;
        var isFirst = piece.Trim().Length == word.Length;
        if (place.IsInSelector)
            return isFirst && word.Length == piece.TrimStart().Length ? new(CompletionKind.LabelName, "", word, position - word.Length, position)
                : NameAndSpace().IsMatch(piece) ? new(CompletionKind.Operator, "", "", position, position)
                : new(CompletionKind.None, "", "", position, position);
        if (place.IsAfterPipe && isFirst && word.Length == piece.TrimStart().Length)
            return new(CompletionKind.Stage, "", word, position - word.Length, position);
        if (place.HasSelector && word.Length == 0)
            return new(CompletionKind.Filter, "", "", position, position);
        return place.HasSelector ? new(CompletionKind.None, "", "", position, position) : new(CompletionKind.Start, "", word, position - word.Length, position);
    }

    /// <summary>Whether it is the same that was being written, with more or less of it there.</summary>
    public bool GoesOn(LogQlCompletion before)
    {
        ArgumentNullException.ThrowIfNull(before);
        return (Kind, Name, From, IsQuoted) == (before.Kind, before.Name, before.From, before.IsQuoted);
    }

    /// <summary>What can be written.</summary>
    /// <param name="names">For a name: those that there are. For a value: those that it has. Else not looked at.</param>
    public IReadOnlyList<Completion> Suggest(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return Kind switch
        {
            CompletionKind.Start => [.. Fit(["{"], name => name), .. Fit(Functions, name => name + "(")],
            CompletionKind.LabelName => Fit(names, name => name + "="),
            CompletionKind.Operator => Fit(["=", "!=", "=~", "!~"], name => name),
            CompletionKind.LabelValue or CompletionKind.FieldValue => Fit(names, value => IsQuoted ? LogQlText.Quote(value)[1..] : LogQlText.Quote(value)),
            CompletionKind.Filter => Fit(["|= \"", "!= \"", "|~ \"", "!~ \"", "| "], name => name),
            CompletionKind.Stage => [.. Fit(Stages, name => name + " "), .. Fit(names, name => name + "=")],
            CompletionKind.Duration => Fit(["$__auto", "1m", "5m", "15m", "1h", "1d"], name => name + "]"),
            _ => [],
        };
    }

    private List<Completion> Fit(IEnumerable<string> names, Func<string, string> write) =>
    [
        .. names.Where(name => name.Contains(Prefix, StringComparison.OrdinalIgnoreCase) && name.Length > 0)
            .OrderByDescending(name => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            .Take(Most)
            .Select(name => new Completion(name.Trim(), write(name), From, To)),
    ];

    [GeneratedRegex(@"^\s*(?<name>[A-Za-z_][A-Za-z0-9_]*)\s*(?:=~|!~|!=|=)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Comparison();

    [GeneratedRegex(@"^\s*[A-Za-z_][A-Za-z0-9_]*\s+$", RegexOptions.CultureInvariant)]
    private static partial Regex NameAndSpace();

    [GeneratedRegex("[A-Za-z_][A-Za-z0-9_]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
