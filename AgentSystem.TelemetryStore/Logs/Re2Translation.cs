using System.Text;
using System.Text.RegularExpressions;

namespace AgentSystem.TelemetryStore.Logs;

/// <summary>Writes an expression of RE2 as one of .NET, piece by piece from left to right.</summary>
internal sealed class Re2Translation(string pattern)
{
    // Loki's library counts repetitions up to this.
    private const int MaxRepeat = 1000;

    private const string Digit = "0-9", Word = "0-9A-Za-z_", Space = @"\t\n\f\r ";
    private const string NotDigit = @"\0-/:-\uFFFF", NotWord = @"\0-/:-@\[-\^`\{-\uFFFF", NotSpace = @"\0-\x08\x0B\x0E-\x1F!-\uFFFF";

    private static readonly Dictionary<string, string> PosixClasses = new()
    {
        ["alnum"] = "0-9A-Za-z",
        ["alpha"] = "A-Za-z",
        ["ascii"] = @"\0-\x7F",
        ["blank"] = @"\t ",
        ["cntrl"] = @"\0-\x1F\x7F",
        ["digit"] = Digit,
        ["graph"] = "!-~",
        ["lower"] = "a-z",
        ["print"] = " -~",
        ["punct"] = @"!-/:-@\[-`\{-~",
        ["space"] = @"\t\n\v\f\r ",
        ["upper"] = "A-Z",
        ["word"] = Word,
        ["xdigit"] = "0-9A-Fa-f",
    };

    private readonly StringBuilder _out = new();
    private int _at;
    private bool _multiLine;
    private readonly Stack<bool> _outer = [];

    internal string Run()
    {
        while (_at < pattern.Length)
            Next();
        return _out.ToString();
    }

    private void Next()
    {
        var c = pattern[_at++];
        switch (c)
        {
            case '\\':
                Escape(inClass: false);
                break;
            case '[':
                Class();
                break;
            case '(':
                Group();
                break;
            case ')':
                if (_outer.TryPop(out var outer))
                    _multiLine = outer;
                _out.Append(c);
                break;
            case '$':
                _out.Append(_multiLine ? "$" : @"\z");
                break;
            case '{':
                Repeat();
                break;
            default:
                // A blank or # means itself, as .NET has it without its own option for comments.
                _out.Append(c);
                break;
        }
    }

    private void Repeat()
    {
        var end = pattern.IndexOf('}', _at);
        var bounds = end < 0 ? [] : pattern[_at..end].Split(',');
        var isRepeat = bounds.Length is 1 or 2 && bounds[0].Length > 0 && bounds.All(b => b.All(char.IsAsciiDigit));
        if (isRepeat && bounds.Any(b => b.TrimStart('0').Length > 4 || (b.Length > 0 && int.Parse(b, null) > MaxRepeat)))
            throw new Re2Exception($"invalid repeat count: `{{{pattern[_at..(end + 1)]}`");
        _out.Append(isRepeat ? "{" : @"\{");
    }

    private void Group()
    {
        _outer.Push(_multiLine);
        if (_at >= pattern.Length || pattern[_at] != '?')
        {
            _out.Append('(');
            return;
        }
        var rest = pattern.AsSpan(_at);
        var named = rest.StartsWith("?P<") ? 3 : rest.StartsWith("?<") && rest.Length > 2 && rest[2] is not ('=' or '!') ? 2 : 0;
        if (named > 0)
        {
            _out.Append("(?<");
            _at += named;
            return;
        }
        Flags();
    }

    /// <summary><c>(?i)</c>, <c>(?i:</c>, <c>(?:</c>. What RE2 does not know (look-around, atomic groups) ends here.</summary>
    private void Flags()
    {
        var start = _at - 1;
        var on = true;
        _out.Append("(?");
        for (_at++; _at < pattern.Length; _at++)
        {
            var c = pattern[_at];
            switch (c)
            {
                case 'i' or 's':
                    break;
                case 'm':
                    _multiLine = on;
                    break;
                case '-' when on:
                    on = false;
                    break;
                case ':' or ')':
                    _at++;
                    // The flags hold to the end of the group around them, not of a group of their own.
                    if (c == ')')
                        _outer.Pop();
                    _out.Append(c);
                    return;
                default:
                    throw new Re2Exception($"invalid or unsupported Perl syntax: `{pattern[start..(_at + 1)]}`");
            }
            _out.Append(c);
        }
        throw new Re2Exception($"missing argument to repetition operator: `?`");
    }

    private void Class()
    {
        var start = _at - 1;
        _out.Append('[');
        if (_at < pattern.Length && pattern[_at] == '^')
            _out.Append(pattern[_at++]);
        for (var first = true; _at < pattern.Length; first = false)
        {
            var c = pattern[_at++];
            if (c == ']' && !first)
            {
                _out.Append(']');
                return;
            }
            if (char.IsSurrogate(c))
                throw new Re2Exception($"characters beyond U+FFFF in a class are not supported by this store: `{pattern}`");
            if (c == '\\')
                Escape(inClass: true);
            else if (c == '[' && _at < pattern.Length && pattern[_at] == ':')
                Posix();
            else
                // An opening bracket would begin one of .NET's subtractions.
                _out.Append(c is '[' or ']' ? "\\" : "").Append(c);
        }
        throw new Re2Exception($"missing closing ]: `{pattern[start..]}`");
    }

    private void Posix()
    {
        var end = pattern.IndexOf(":]", _at + 1, StringComparison.Ordinal);
        if (end < 0)
        {
            // No class of that form: the bracket stands for itself, and what follows is read as usual.
            _out.Append("\\[");
            return;
        }

        var name = pattern[(_at + 1)..end];
        if (!PosixClasses.TryGetValue(name, out var members))
            throw new Re2Exception($"invalid character class range: `[{pattern[_at..(end + 2)]}`");
        _out.Append(members);
        _at = end + 2;
    }

    private void Escape(bool inClass)
    {
        if (_at >= pattern.Length)
            throw new Re2Exception("trailing backslash at end of expression: ``");
        var c = pattern[_at++];
        var members = c switch { 'd' => Digit, 'w' => Word, 's' => Space, 'D' => NotDigit, 'W' => NotWord, 'S' => NotSpace, _ => null };
        if (members is not null)
            _out.Append(inClass ? members : $"[{members}]");
        else if (c == 'Q' && !inClass)
            Quoted();
        else if (c is 'p' or 'P')
            Category(c);
        else if (c == 'x')
            Hex();
        else if (c is 'a' or 'f' or 'n' or 'r' or 't' or 'v' || (!inClass && c is 'A' or 'z' or 'b' or 'B'))
            _out.Append('\\').Append(c);
        else if (c is >= '0' and <= '7' && (c == '0' || Follows(char.IsAsciiDigit)))
            Octal(c);
        else if (char.IsAscii(c) && !char.IsLetterOrDigit(c))
            _out.Append(c == '_' ? "" : "\\").Append(c);
        else
            throw new Re2Exception($"invalid escape sequence: `\\{c}`");
    }

    private bool Follows(Func<char, bool> what) => _at < pattern.Length && what(pattern[_at]);

    private void Quoted()
    {
        var end = pattern.IndexOf(@"\E", _at, StringComparison.Ordinal);
        var text = end < 0 ? pattern[_at..] : pattern[_at..end];
        _out.Append(Regex.Escape(text));
        _at = end < 0 ? pattern.Length : end + 2;
    }

    private void Category(char p)
    {
        var start = _at - 2;
        var name = "";
        if (Follows(c => c == '{') && pattern.IndexOf('}', _at) is > 0 and var end)
        {
            name = pattern[(_at + 1)..end];
            _at = end + 1;
        }
        else if (_at < pattern.Length)
        {
            name = pattern[_at++].ToString();
        }
        // Scripts (\p{Greek}) are .NET's blocks only by accident.
        if (name.Length is not (1 or 2) || !name.All(char.IsAsciiLetter))
            throw new Re2Exception($"invalid character class range: `{pattern[start.._at]}`");
        _out.Append('\\').Append(p).Append('{').Append(name).Append('}');
    }

    private void Hex()
    {
        var start = _at - 2;
        var end = Follows(c => c == '{') ? pattern.IndexOf('}', _at) : Math.Min(_at + 2, pattern.Length) - 1;
        var digits = end < _at ? "" : pattern[_at..(end + 1)].Trim('{', '}');
        if (digits.Length is 0 or > 6 || !digits.All(char.IsAsciiHexDigit) || (digits.Length == 1 && pattern[_at] != '{'))
            throw new Re2Exception($"invalid escape sequence: `{pattern[start..Math.Min(_at + 2, pattern.Length)]}`");
        Append(Convert.ToInt32(digits, 16));
        _at = end + 1;
    }

    private void Octal(char first)
    {
        var value = first - '0';
        for (var i = 0; i < 2 && Follows(c => c is >= '0' and <= '7'); i++)
            value = (value * 8) + (pattern[_at++] - '0');
        Append(value);
    }

    private void Append(int codePoint)
    {
        if (codePoint > 0xffff)
            throw new Re2Exception($"characters beyond U+FFFF by number are not supported by this store: `{pattern}`");
        _out.Append("\\u").Append(codePoint.ToString("X4", null));
    }
}
