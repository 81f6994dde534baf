using AgentSystem.TelemetryStore.LogQl.Syntax;

namespace AgentSystem.TelemetryStore.LogQl.Pipeline;

/// <summary><c>| json</c>: each field becomes a label, nested ones with their path (<c>a_b</c>); arrays and null become nothing.</summary>
/// <param name="onField">Hears of each label and of the path in the line that it comes from.</param>
internal sealed class JsonParser(Action<string, IReadOnlyList<string>>? onField = null) : IStage
{
    internal const string ParserError = "JSONParserErr";

    // No errors of the text, but reasons to stop reading it.
    private const string Enough = "enough", Unwanted = "unwanted";

    private readonly List<string> _path = [];

    public bool Process(long timestampNanos, ref string line, EntryLabels labels)
    {
        if (labels.Hints.NoLabels || labels.IsComplete)
            return true;
        _path.Clear();
        var outcome = Object(line, labels);
        if (outcome is not (null or Enough or Unwanted))
            labels.Fail(ParserError, outcome);
        return outcome is not Unwanted;
    }

    private string? Object(ReadOnlySpan<char> json, EntryLabels labels) => LenientJson.ForEach(json, (name, value, kind) =>
    {
        if (kind is JsonKind.Object)
        {
            _path.Add(name);
            // What stops an inner object stops the outer one too; so it is not asked for its error before.
            var inner = labels.Hints.WantsPrefix(LabelText.Join(_path)) ? Object(value, labels) : null;
            _path.RemoveAt(_path.Count - 1);
            return inner;
        }
        var refused = kind is JsonKind.Array or JsonKind.Null ? null : Field(name, Read(value, kind), labels);
        return labels.IsComplete ? Enough : refused;
    });

    private string? Field(string name, string value, EntryLabels labels)
    {
        _path.Add(name);
        var label = _path.Count == 1 ? LabelText.Sanitize(name) : LabelText.Join(_path);
        _path.RemoveAt(_path.Count - 1);
        if (label.Length == 0)
            return null;
        if (labels.IsTaken(label))
            label += EntryLabels.DuplicateSuffix;
        if (!labels.Hints.Wants(label) || labels.IsExtracted(label))
            return null;
        labels.Set(label, value);
        onField?.Invoke(label, [.. _path, name]);
        return labels.Hints.Satisfies(label, labels) ? null : Unwanted;
    }

    internal static string Read(ReadOnlySpan<char> value, JsonKind kind) => kind switch
    {
        JsonKind.Null => "",
        JsonKind.Text => LabelText.WithoutInvalid(LenientJson.Unescape(value) ?? ""),
        _ => value.ToString(),
    };
}

/// <summary><c>| json a="b.c[0]"</c>: only these, and an empty label for each that the line does not have.</summary>
internal sealed class JsonExtractor : IStage
{
    private readonly (string Label, string[] Path)[] _extractions;

    /// <exception cref="FormatException">A path cannot be read.</exception>
    internal JsonExtractor(JsonExtractionStage stage) => _extractions = [.. stage.Extractions.Select(e => (e.Label, JsonPath.Parse(e.Path)))];

    public bool Process(long timestampNanos, ref string line, EntryLabels labels)
    {
        if (line.Length == 0 || labels.Hints.NoLabels || labels.IsComplete)
            return true;
        if (line[0] is not ('"' or '{' or '['))
        {
            labels.Fail(JsonParser.ParserError, null);
            return true;
        }
        var found = 0;
        foreach (var (label, path) in _extractions)
        {
            if (LenientJson.Find(line, path) is not var (raw, kind))
                continue;
            found++;
            labels.Set(labels.IsTaken(label) ? label + EntryLabels.DuplicateSuffix : label, JsonParser.Read(raw, kind));
        }
        foreach (var (label, _) in found < _extractions.Length ? _extractions : [])
        {
            if (labels.Get(label) is null)
                labels.Set(label, "");
        }
        return true;
    }
}

/// <summary>Paths into JSON: <c>a.b</c>, <c>a["b c"]</c>, <c>a[0]</c>.</summary>
internal static class JsonPath
{
    internal static string[] Parse(string path)
    {
        var steps = new List<string>();
        var at = 0;
        while (at < path.Length)
        {
            if (char.IsWhiteSpace(path[at]))
                at++;
            else if (path[at] == '[')
                steps.Add(Bracket(path, ref at));
            else
                steps.Add(Field(path, ref at, isFirst: steps.Count == 0));
        }
        return steps.Count > 0 ? [.. steps] : throw Error(path, "syntax error: unexpected $end");
    }

    private static string Field(string path, ref int at, bool isFirst)
    {
        if (!isFirst && path[at++] != '.')
            throw Error(path, "syntax error: unexpected FIELD");
        var start = at;
        while (at < path.Length && (char.IsAsciiLetterOrDigit(path[at]) || path[at] == '_'))
            at++;
        return at > start && !char.IsAsciiDigit(path[start]) ? path[start..at] : throw Error(path, $"unexpected char {(start < path.Length ? path[start] : '.')}");
    }

    private static string Bracket(string path, ref int at)
    {
        var quoted = at + 1 < path.Length && path[at + 1] == '"';
        var end = quoted ? path.IndexOf("\"]", at + 2, StringComparison.Ordinal) : path.IndexOf(']', at);
        if (end < 0)
            throw Error(path, "syntax error: unexpected $end, expecting RSB");
        var step = quoted ? path[(at + 2)..end] : path[(at + 1)..end].Trim();
        at = end + (quoted ? 2 : 1);
        if (quoted)
            return step;
        return step.Length is > 0 and < 9 && step.All(char.IsAsciiDigit) ? $"[{step}]" : throw Error(path, "syntax error: unexpected FIELD, expecting STRING or INDEX");
    }

    private static FormatException Error(string path, string reason) => new($"cannot parse expression [{path}]: {reason}");
}

/// <summary>Names and values as labels have them.</summary>
internal static class LabelText
{
    /// <summary>A field's name with underscores for all but ASCII letters and digits, and one before a leading digit.</summary>
    internal static string Sanitize(string name)
    {
        name = name.Trim();
        if (name.Length == 0)
            return name;
        var text = new System.Text.StringBuilder(name.Length + 1);
        if (char.IsAsciiDigit(name[0]))
            text.Append('_');
        foreach (var rune in name.EnumerateRunes())
            text.Append(rune.IsAscii && char.IsAsciiLetterOrDigit((char)rune.Value) ? (char)rune.Value : '_');
        return text.ToString();
    }

    /// <summary>A path's name: its parts, joined by underscores, blank parts left out.</summary>
    internal static string Join(IReadOnlyList<string> path)
    {
        var name = "";
        foreach (var part in path.Where(p => !string.IsNullOrWhiteSpace(p)))
            // Only what begins the name needs the underscore before a digit.
            name = name.Length == 0 ? Sanitize(part) : $"{name}_{Sanitize("x" + part.Trim())[1..]}";
        return name;
    }

    internal static string WithoutInvalid(string text) => text.Replace('\uFFFD', ' ');
}
