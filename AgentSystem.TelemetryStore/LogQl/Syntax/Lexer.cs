using System.Collections.Frozen;
using System.Globalization;

namespace AgentSystem.TelemetryStore.LogQl.Syntax;

/// <summary>Cuts a query into words, as Loki's scanner does: keywords in any case, comments after <c>#</c>, Go's strings and numbers.</summary>
internal sealed class Lexer(string text)
{
    private static readonly FrozenSet<string> Symbols = FrozenSet.ToFrozenSet(
    [
        ",", ".", "{", "}", "=", "!=", "=~", "!~", "!>", "|=", "|~", "|>", "|", "(", ")", "]",
        "==", ">", ">=", "<", "<=", "+", "-", "*", "/", "%", "^",
        "unwrap", "by", "without", "bool", "offset", "on", "ignoring", "group_left", "group_right", "or", "and", "unless",
        "json", "regexp", "logfmt", "unpack", "pattern", "label_format", "line_format", "decolorize", "drop", "keep", "variants", "of",
    ]);

    private static readonly FrozenSet<string> Functions = FrozenSet.ToFrozenSet(
    [
        "rate", "rate_counter", "count_over_time", "bytes_rate", "bytes_over_time", "avg_over_time", "sum_over_time", "min_over_time",
        "max_over_time", "stdvar_over_time", "stddev_over_time", "quantile_over_time", "first_over_time", "last_over_time", "absent_over_time",
        "vector", "sum", "avg", "max", "min", "count", "stddev", "stdvar", "bottomk", "topk", "approx_topk", "sort", "sort_desc",
        "label_replace", "bytes", "duration", "duration_seconds", "ip",
    ]);

    private int _at;

    /// <summary>The next word; <see cref="TokenKind.End"/> for ever after the last.</summary>
    internal Token Next()
    {
        SkipBlanksAndComments();
        var start = _at;
        if (_at >= text.Length)
            return new(TokenKind.End, "", start);
        var c = text[_at];
        if (c == '_' || char.IsLetter(c))
            return Word(start);
        if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Peek(1))))
            return Number(start);
        return c switch
        {
            '"' or '`' => String(start, c),
            '\'' => Character(start),
            '[' => Range(start),
            '-' => Minus(start),
            _ => Punctuation(start),
        };
    }

    /// <summary>An error at a place, in Loki's form.</summary>
    internal LogQlParseException Error(string message, int offset, bool lostLine = false)
    {
        var before = text.AsSpan(0, Math.Min(offset, text.Length));
        var column = 1;
        foreach (var c in before[(before.LastIndexOf('\n') + 1)..])
            column += char.IsLowSurrogate(c) ? 0 : 1;
        return new(message, lostLine ? 0 : before.Count('\n') + 1, column);
    }

    private char Peek(int ahead = 0) => _at + ahead < text.Length ? text[_at + ahead] : '\0';

    private void SkipBlanksAndComments()
    {
        while (_at < text.Length)
        {
            if (text[_at] is ' ' or '\t' or '\r' or '\n')
                _at++;
            else if (text[_at] == '#' || (text[_at] == '/' && Peek(1) == '/'))
                _at = text.IndexOf('\n', _at) is >= 0 and var end ? end : text.Length;
            else if (text[_at] == '/' && Peek(1) == '*')
                _at = text.IndexOf("*/", _at + 2, StringComparison.Ordinal) is >= 0 and var end ? end + 2 : throw Error("comment not terminated", _at);
            else
                return;
        }
    }

    private Token Word(int start)
    {
        while (Peek() == '_' || char.IsLetterOrDigit(Peek()))
            _at++;
        var word = text[start.._at];
        var known = word.ToLowerInvariant();
        if (Functions.Contains(known))
            return IsCalled() ? new(TokenKind.Function, known, start) : new(TokenKind.Identifier, word, start);
        return Symbols.Contains(known) ? new(TokenKind.Symbol, known, start) : new(TokenKind.Identifier, word, start);
    }

    /// <summary>A function's name is a label's name unless a parenthesis or a grouping follows.</summary>
    private bool IsCalled()
    {
        var at = SkipBlanks(_at);
        if (at < text.Length && text[at] == '(')
            return true;
        foreach (var grouping in (string[])["by", "without"])
        {
            if (string.Compare(text, at, grouping, 0, grouping.Length, StringComparison.OrdinalIgnoreCase) == 0)
                return SkipBlanks(at + grouping.Length) is var next && next < text.Length && text[next] == '(';
        }
        return false;
    }

    private int SkipBlanks(int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
            at++;
        return at;
    }

    private Token Number(int start)
    {
        if (text[start] == '0' && Peek(1) is 'x' or 'X' or 'o' or 'O' or 'b' or 'B' && char.IsAsciiHexDigit(Peek(2)))
        {
            _at++;
            while (char.IsAsciiLetterOrDigit(Peek()) || Peek() == '.')
                _at++;
            return new(TokenKind.Number, text[start.._at], start);
        }
        SkipDigits();
        if (Peek() == '.')
        {
            _at++;
            SkipDigits();
        }
        if (Peek() is 'e' or 'E')
        {
            _at += Peek(1) is '+' or '-' ? 2 : 1;
            if (!char.IsAsciiDigit(Peek()))
                throw Error("exponent has no digits", start);
            SkipDigits();
        }
        return TryDuration(start) ?? TryBytes(start) ?? new(TokenKind.Number, text[start.._at], start);
    }

    private void SkipDigits()
    {
        while (char.IsAsciiDigit(Peek()))
            _at++;
    }

    private Token? TryDuration(int start)
    {
        var end = EndOf("nuµmshdwy");
        if (end == _at)
            return null;
        var written = text[start..end];
        if (!GoDuration.TryParsePrometheus(written, out var nanos, out _) && !GoDuration.TryParseGo(written, out nanos, out _))
            return null;
        _at = end;
        return new(TokenKind.Duration, written, start, IsAfterLookahead: true, Value: nanos);
    }

    private Token? TryBytes(int start)
    {
        var end = EndOf("BikKMGTP");
        if (end == _at || !ByteSize.TryParse(text[start..end], out var bytes, out _))
            return null;
        _at = end;
        return new(TokenKind.Bytes, text[start..end], start, IsAfterLookahead: true, Size: bytes);
    }

    private int EndOf(string letters)
    {
        var end = _at;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.' || letters.Contains(text[end], StringComparison.Ordinal)))
            end++;
        return end;
    }

    private Token String(int start, char quote)
    {
        var content = new System.Text.StringBuilder();
        for (_at++; _at < text.Length; _at++)
        {
            var c = text[_at];
            if (c == quote)
            {
                _at++;
                return new(TokenKind.String, content.ToString(), start);
            }
            if (quote == '"' && c == '\n')
                break;
            if (quote == '"' && c == '\\')
            {
                var at = _at + 1;
                content.Append((GoText.Unescape(text, ref at) ?? throw Error("invalid char escape", start)).ToString());
                _at = at - 1;
            }
            else
            {
                content.Append(c);
            }
        }
        throw Error("literal not terminated", start);
    }

    /// <summary>Go has characters in single quotes; LogQL does not, so that they are only good for an error.</summary>
    private Token Character(int start)
    {
        var end = text.IndexOfAny(['\'', '\n'], start + 1);
        if (end < 0 || text[end] == '\n')
            throw Error("literal not terminated", start);
        _at = end + 1;
        return new StringInfo(text[(start + 1)..end]).LengthInTextElements == 1
            ? new(TokenKind.Identifier, text[start.._at], start)
            : throw Error("invalid char literal", start);
    }

    private Token Range(int start)
    {
        var end = text.IndexOf(']', start);
        if (end < 0)
            throw Error("missing closing ']' in duration", start, lostLine: true);
        if (!GoDuration.TryParsePrometheus(text[(start + 1)..end], out var nanos, out var error))
            throw Error(error, start, lostLine: true);
        _at = end + 1;
        return new(TokenKind.Range, text[start.._at], start, IsAfterLookahead: true, Value: nanos);
    }

    private Token Minus(int start)
    {
        foreach (var flag in (string[])["--strict", "--keep-empty"])
        {
            var end = start + flag.Length;
            if (string.CompareOrdinal(text, start, flag, 0, flag.Length) == 0 && !(end < text.Length && (text[end] == '-' || char.IsLetter(text[end]))))
            {
                _at = end;
                return new(TokenKind.Flag, flag, start, IsAfterLookahead: true);
            }
        }
        _at++;
        return TryDuration(start) ?? new(TokenKind.Symbol, "-", start);
    }

    private Token Punctuation(int start)
    {
        if (_at + 1 < text.Length && Symbols.Contains(text.Substring(start, 2)))
        {
            _at += 2;
            return new(TokenKind.Symbol, text[start.._at], start, IsAfterLookahead: true);
        }
        _at += char.IsHighSurrogate(text[_at]) && char.IsLowSurrogate(Peek(1)) ? 2 : 1;
        var one = text[start.._at];
        return new(Symbols.Contains(one) ? TokenKind.Symbol : TokenKind.Identifier, one, start);
    }
}
