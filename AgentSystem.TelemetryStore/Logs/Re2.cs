using System.Text.RegularExpressions;

namespace AgentSystem.TelemetryStore.Logs;

/// <summary>
/// Regular expressions of RE2 (<see href="https://github.com/google/re2/wiki/Syntax"/>), which is what Loki has, on .NET's linear-time
/// engine. The translation makes classes mean ASCII and <c>$</c> mean the very end; what .NET would read differently is refused.
/// </summary>
public static class Re2
{
    /// <summary>An expression that may match anywhere in a text.</summary>
    /// <exception cref="Re2Exception">It cannot be read.</exception>
    public static Regex Compile(string pattern) => Compile(pattern, translated => translated, RegexOptions.None);

    /// <summary>An expression that has to match all of a text.</summary>
    /// <param name="pattern">The expression.</param>
    /// <param name="dotIsAll">Whether a dot matches the end of a line too, as in stream selectors.</param>
    /// <exception cref="Re2Exception">It cannot be read.</exception>
    public static Regex CompileAnchored(string pattern, bool dotIsAll) =>
        Compile(pattern, translated => $@"\A(?:{translated})\z", dotIsAll ? RegexOptions.Singleline : RegexOptions.None);

    private static Regex Compile(string pattern, Func<string, string> wrap, RegexOptions options)
    {
        var translated = new Re2Translation(pattern).Run();
        try
        {
            return new(wrap(translated), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | options);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            var reason = e is RegexParseException parse ? Reason(parse.Error) : "expression is too large or not supported";
            throw new Re2Exception($"{reason}: `{pattern}`", e);
        }
    }

    private static string Reason(RegexParseError error) => error switch
    {
        RegexParseError.InsufficientClosingParentheses => "missing closing )",
        RegexParseError.InsufficientOpeningParentheses => "unexpected )",
        RegexParseError.UnterminatedBracket => "missing closing ]",
        RegexParseError.QuantifierAfterNothing => "missing argument to repetition operator",
        RegexParseError.NestedQuantifiersNotParenthesized => "invalid nested repetition operator",
        RegexParseError.ReversedCharacterRange => "invalid character class range",
        RegexParseError.ReversedQuantifierRange => "invalid repeat count",
        RegexParseError.InvalidGroupingConstruct => "invalid or unsupported Perl syntax",
        RegexParseError.CaptureGroupNameInvalid => "invalid named capture",
        _ => $"invalid syntax ({error})",
    };
}
