using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.TelemetryStore.LogQl.Syntax;

/// <summary>One step of a pipeline.</summary>
public abstract record Stage;

/// <summary>How a line is compared.</summary>
public enum LineMatch
{
    /// <summary><c>|=</c></summary>
    Contains,
    /// <summary><c>!=</c></summary>
    ContainsNot,
    /// <summary><c>|~</c></summary>
    Regex,
    /// <summary><c>!~</c></summary>
    NotRegex,
    /// <summary><c>|&gt;</c></summary>
    Pattern,
    /// <summary><c>!&gt;</c></summary>
    NotPattern,
}

/// <summary>Keeps lines: <c>|= "a" or "b"</c> those with any of the texts, <c>!= "a" or "b"</c> those with none.</summary>
public sealed record LineFilterStage(LineMatch Match, Sequence<string> Texts) : Stage
{
    /// <inheritdoc/>
    public override string ToString()
    {
        var op = Match switch
        {
            LineMatch.Contains => "|=",
            LineMatch.ContainsNot => "!=",
            LineMatch.Regex => "|~",
            LineMatch.NotRegex => "!~",
            LineMatch.Pattern => "|>",
            _ => "!>",
        };
        return $"{op} {string.Join(" or ", Texts.Select(GoText.Quote))}";
    }
}

/// <summary>Reads labels from the line: <c>| json</c>, <c>| unpack</c>, <c>| regexp "…"</c>, <c>| pattern "…"</c>.</summary>
/// <param name="Parser">The parser's name.</param>
/// <param name="Parameter">What <c>regexp</c> and <c>pattern</c> need.</param>
public sealed record ParserStage(string Parser, string? Parameter = null) : Stage
{
    /// <inheritdoc/>
    public override string ToString() => Parameter is null ? $"| {Parser}" : $"| {Parser} {GoText.Quote(Parameter)}";
}

/// <summary>A label and the place of the line that it is read from.</summary>
public sealed record Extraction(string Label, string Path)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Label}={GoText.Quote(Path)}";
}

/// <summary>Reads some labels from a JSON line: <c>| json a="b.c[0]"</c>.</summary>
public sealed record JsonExtractionStage(Sequence<Extraction> Extractions) : Stage
{
    /// <inheritdoc/>
    public override string ToString() => $"| json {Extractions}";
}

/// <summary>Reads labels from a logfmt line, all of them or some.</summary>
public sealed record LogfmtStage(bool Strict, bool KeepEmpty, Sequence<Extraction> Extractions) : Stage
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"| logfmt{(Strict ? " --strict" : "")}{(KeepEmpty ? " --keep-empty" : "")}{(Extractions.Count > 0 ? " " : "")}{Extractions}";
}

/// <summary>Keeps the lines whose labels satisfy a condition.</summary>
public sealed record LabelFilterStage(LabelFilter Filter) : Stage
{
    /// <inheritdoc/>
    public override string ToString() => $"| {Filter}";
}

/// <summary>Replaces the line by a template's text.</summary>
public sealed record LineFormatStage(string Template) : Stage
{
    /// <inheritdoc/>
    public override string ToString() => $"| line_format {GoText.Quote(Template)}";
}

/// <summary>A label's new value: another label's (which then goes away), or a template's text.</summary>
public sealed record LabelFormat(string Label, string Value, bool IsRename)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Label}={(IsRename ? Value : GoText.Quote(Value))}";
}

/// <summary>Renames and makes labels.</summary>
public sealed record LabelFormatStage(Sequence<LabelFormat> Formats) : Stage
{
    /// <inheritdoc/>
    public override string ToString() => $"| label_format {Formats}";
}

/// <summary>A label by name, and by value too when there is a condition.</summary>
public sealed record LabelChoice(string Name, LabelMatcher? Matcher = null)
{
    /// <inheritdoc/>
    public override string ToString() => Matcher is null ? Name : Print.Matcher(Matcher);
}

/// <summary><c>| drop</c> takes labels away, <c>| keep</c> all others.</summary>
public sealed record LabelChoiceStage(bool Keep, Sequence<LabelChoice> Labels) : Stage
{
    /// <inheritdoc/>
    public override string ToString() => $"| {(Keep ? "keep" : "drop")} {Labels}";
}

/// <summary>Takes terminal colours out of the line.</summary>
public sealed record DecolorizeStage : Stage
{
    /// <inheritdoc/>
    public override string ToString() => "| decolorize";
}
