using System.Text.RegularExpressions;
using AgentSystem.TelemetryStore.LogQl.Syntax;
using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.TelemetryStore.LogQl.Pipeline;

/// <summary>Line filters.</summary>
internal sealed class LineFilter : IStage
{
    private readonly Func<string, bool>[] _tests;
    private readonly bool _keep;

    /// <exception cref="Re2Exception">A regular expression cannot be read.</exception>
    internal LineFilter(LineFilterStage stage)
    {
        _keep = stage.Match is LineMatch.Contains or LineMatch.Regex;
        var isText = stage.Match is LineMatch.Contains or LineMatch.ContainsNot;
        _tests = [.. stage.Texts.Select(text => isText ? Contains(text) : Matches(text))];
    }

    public bool Process(long timestampNanos, ref string line, EntryLabels labels)
    {
        foreach (var test in _tests)
        {
            if (test(line))
                return _keep;
        }
        return !_keep;
    }

    private static Func<string, bool> Contains(string text) => line => line.Contains(text, StringComparison.Ordinal);

    private static Func<string, bool> Matches(string pattern)
    {
        var regex = Re2.Compile(pattern);
        return regex.IsMatch;
    }
}

/// <summary><c>| decolorize</c></summary>
internal sealed partial class Decolorize : IStage
{
    public bool Process(long timestampNanos, ref string line, EntryLabels labels)
    {
        line = Ansi().Replace(line, "");
        return true;
    }

    // ECMA-48: an operating system command up to its BEL or ST, a control sequence with parameters, or a two-character escape.
    [GeneratedRegex(@"\x1B\][^\x07\x1B]*(?:\x07|\x1B\\)|(?:\x1B\[|\x9B)[0-?]*[ -/]*[@-~]|\x1B[()#][0-9A-Za-z]|\x1B[0-9=><A-Zc]", RegexOptions.NonBacktracking)]
    private static partial Regex Ansi();
}
