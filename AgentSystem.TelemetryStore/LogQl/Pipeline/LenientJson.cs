using System.Buffers;
using System.Globalization;
using System.Text;

namespace AgentSystem.TelemetryStore.LogQl.Pipeline;

/// <summary>What a value of a JSON text is.</summary>
internal enum JsonKind
{
    Text,
    Number,
    Boolean,
    Null,
    Object,
    Array,
}

/// <summary>
/// Reads JSON as Loki does: on its way through an object it looks only at what it needs, so that what is wrong behind or inside a value
/// that nobody wants goes unnoticed. The errors are those that Loki puts into <c>__error_details__</c>.
/// </summary>
internal static class LenientJson
{
    private const string MalformedJson = "Malformed JSON error",
        MalformedString = "Value is string, but can't find closing '\"' symbol",
        MalformedArray = "Value is array, but can't find closing ']' symbol",
        MalformedObject = "Value looks like object, but can't find closing '}' symbol",
        MalformedEscape = "Encountered an invalid escape sequence in a string",
        UnknownValue = "Unknown value type";

    private static readonly SearchValues<char> EndsOfWords = SearchValues.Create(" \n\r\t,}]");

    /// <summary>A member of an object: its name, and its value as it is written, without the quotes of a text.</summary>
    internal delegate string? Member(string name, ReadOnlySpan<char> value, JsonKind kind);

    /// <summary>Calls <paramref name="member"/> for each member; the first error ends it and is returned.</summary>
    internal static string? ForEach(ReadOnlySpan<char> json, Member member)
    {
        var at = Skip(json, 0);
        if (at < 0 || json[at] != '{')
            return MalformedObject;
        at = Skip(json, at + 1);
        if (at < 0)
            return MalformedJson;
        if (json[at] == '}')
            return null;
        while (at < json.Length)
        {
            if (json[at] == '}')
                return null;
            if (json[at] != '"')
                return MalformedObject;
            var end = EndOfString(json, at + 1);
            if (end < 0)
                return MalformedJson;
            if (Unescape(json[(at + 1)..end]) is not { } name)
                return MalformedEscape;
            at = Skip(json, end + 1);
            if (at < 0 || json[at] != ':')
                return MalformedJson;
            if (Value(json, at + 1, out var start, out end, out var kind) is { } error)
                return error;
            if (member(name, kind is JsonKind.Text ? json[(start + 1)..(end - 1)] : json[start..end], kind) is { } refused)
                return refused;
            at = Skip(json, end);
            if (at < 0)
                return MalformedArray;
            if (json[at] == '}')
                return null;
            if (json[at] != ',')
                return MalformedObject;
            at = Skip(json, at + 1);
            if (at < 0)
                return MalformedArray;
        }
        return MalformedObject;
    }

    /// <summary>The value at a path of names and, in brackets, indices; null when there is none.</summary>
    internal static (string Raw, JsonKind Kind)? Find(ReadOnlySpan<char> json, ReadOnlySpan<string> path)
    {
        if (path.Length == 0)
            return Value(json, 0, out var start, out var end, out var kind) is null
                ? (json[(kind is JsonKind.Text ? start + 1 : start)..(kind is JsonKind.Text ? end - 1 : end)].ToString(), kind)
                : null;
        var step = path[0];
        var inner = default(string);
        if (step is ['[', .. var index, ']'] && int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var place))
        {
            inner = Element(json, place);
        }
        else
        {
            ForEach(json, (name, value, kind) =>
            {
                if (name != step)
                    return null;
                inner = kind is JsonKind.Text ? $"\"{value}\"" : value.ToString();
                return "found";
            });
        }
        return inner is null ? null : Find(inner, path[1..]);
    }

    private static string? Element(ReadOnlySpan<char> json, int index)
    {
        var at = Skip(json, 0);
        if (at < 0 || json[at] != '[')
            return null;
        for (var i = 0; ; i++)
        {
            if (Value(json, at + 1, out var start, out var end, out _) is not null)
                return null;
            if (i == index)
                return json[start..end].ToString();
            at = Skip(json, end);
            if (at < 0 || json[at] != ',')
                return null;
        }
    }

    private static string? Value(ReadOnlySpan<char> json, int from, out int start, out int end, out JsonKind kind)
    {
        (start, end, kind) = (Skip(json, from), 0, JsonKind.Null);
        if (start < 0)
            return MalformedJson;
        switch (json[start])
        {
            case '"':
                kind = JsonKind.Text;
                end = EndOfString(json, start + 1) + 1;
                return end > 0 ? null : MalformedString;
            case '[':
                kind = JsonKind.Array;
                end = EndOfBlock(json, start, '[', ']');
                return end > 0 ? null : MalformedArray;
            case '{':
                kind = JsonKind.Object;
                end = EndOfBlock(json, start, '{', '}');
                return end > 0 ? null : MalformedObject;
        }
        var length = json[start..].IndexOfAny(EndsOfWords);
        end = length < 0 ? json.Length : start + length;
        var word = json[start..end];
        kind = word switch { "true" or "false" => JsonKind.Boolean, "null" => JsonKind.Null, _ => JsonKind.Number };
        return kind is not JsonKind.Number || word is [>= '0' and <= '9' or '-', ..] ? null : UnknownValue;
    }

    private static int Skip(ReadOnlySpan<char> json, int from)
    {
        for (var at = from; at < json.Length; at++)
        {
            if (json[at] is not (' ' or '\n' or '\r' or '\t'))
                return at;
        }
        return -1;
    }

    /// <summary>The place of the closing quote, -1 when there is none.</summary>
    private static int EndOfString(ReadOnlySpan<char> json, int from)
    {
        for (var at = from; at < json.Length; at++)
        {
            if (json[at] == '"')
                return at;
            if (json[at] == '\\')
                at++;
        }
        return -1;
    }

    private static int EndOfBlock(ReadOnlySpan<char> json, int from, char open, char close)
    {
        var depth = 0;
        for (var at = from; at < json.Length; at++)
        {
            if (json[at] == '"')
            {
                at = EndOfString(json, at + 1);
                if (at < 0)
                    return -1;
            }
            else if (json[at] == open)
            {
                depth++;
            }
            else if (json[at] == close && --depth == 0)
            {
                return at + 1;
            }
        }
        return -1;
    }

    /// <summary>A text without its escapes; null when one of them is none.</summary>
    internal static string? Unescape(ReadOnlySpan<char> text)
    {
        if (!text.Contains('\\'))
            return text.ToString();
        var plain = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '\\')
            {
                plain.Append(text[at]);
                continue;
            }
            if (++at >= text.Length)
                return null;
            char? c = text[at] switch { '"' => '"', '\\' => '\\', '/' => '/', 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', _ => null };
            if (c is null && text[at] == 'u' && at + 4 < text.Length
                && ushort.TryParse(text.Slice(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
                (c, at) = ((char)unit, at + 4);
            if (c is null)
                return null;
            plain.Append(c);
        }
        var result = plain.ToString();
        return Valid(result) ? result : null;
    }

    private static bool Valid(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar && !text.Contains('\uFFFD', StringComparison.Ordinal))
                return false;
        }
        return true;
    }
}
