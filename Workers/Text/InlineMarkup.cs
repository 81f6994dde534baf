using System.Net;
using System.Text;

namespace AgentSystem.Workers.Text;

/// <summary>Takes the markup off a line of Markdown: links keep their text, images and tags go, code spans keep their content.</summary>
public static class InlineMarkup
{
    // How far a closing bracket is looked for; keeps hostile input linear.
    private const int Reach = 500;

    /// <summary>The text that a reader would see, with single spaces.</summary>
    public static string Strip(string text)
    {
        if (text.Length == 0)
            return text;
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
            i += Step(text.AsSpan(i), i == 0 ? ' ' : text[i - 1], plain);
        var decoded = WebUtility.HtmlDecode(plain.ToString());
        return string.Join(' ', decoded.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>Reads what <paramref name="rest"/> begins with; returns how many characters that was.</summary>
    private static int Step(ReadOnlySpan<char> rest, char before, StringBuilder plain)
    {
        switch (rest[0])
        {
            case '\\' when rest.Length > 1 && char.IsAsciiLetterOrDigit(rest[1]) is false && rest[1] < 128:
                plain.Append(rest[1]);
                return 2;
            case '`':
                return Code(rest, plain);
            case '!' when rest.Length > 1 && rest[1] == '[':
                var image = Link(rest[1..], plain: null);
                if (image > 0)
                    return image + 1;
                break;
            case '[':
                var link = Link(rest, plain);
                if (link > 0)
                    return link;
                break;
            case '<':
                var tag = Tag(rest);
                if (tag > 0)
                {
                    // <br> and the like separate words.
                    plain.Append(' ');
                    return tag;
                }
                break;
            case '*' or '~':
                // Emphasis hugs a word; a lone asterisk between spaces is an asterisk.
                if (before != ' ' || (rest.Length > 1 && rest[1] != ' '))
                    return 1;
                break;
            case '_' when !char.IsLetterOrDigit(before) || rest.Length == 1 || !char.IsLetterOrDigit(rest[1]):
                return 1;
        }
        plain.Append(rest[0]);
        return 1;
    }

    private static int Code(ReadOnlySpan<char> rest, StringBuilder plain)
    {
        var ticks = rest.IndexOfAnyExcept('`') is >= 0 and var n ? n : rest.Length;
        var end = Near(rest[ticks..]).IndexOf(rest[..ticks], StringComparison.Ordinal);
        if (end < 0)
            return ticks;
        plain.Append(rest.Slice(ticks, end));
        return ticks + end + ticks;
    }

    /// <summary><c>[text](target)</c>, <c>[text][reference]</c> or a footnote mark; 0 when it is none of them.</summary>
    private static int Link(ReadOnlySpan<char> rest, StringBuilder? plain)
    {
        // The text may hold an image: [![badge](…)](…).
        var (depth, close) = (0, -1);
        var near = Near(rest);
        for (var i = 0; i < near.Length && close < 0; i++)
        {
            if (near[i] == '[')
                depth++;
            else if (near[i] == ']' && --depth == 0)
                close = i;
        }
        if (close < 0)
            return 0;
        var text = rest[1..close];
        if (text.StartsWith("^"))
            return close + 1;
        var after = rest[(close + 1)..];
        var length = after.Length == 0 ? 0 : after[0] switch
        {
            '(' => Near(after).IndexOf(')') + 1,
            '[' => Near(after).IndexOf(']') + 1,
            _ => 0,
        };
        if (length == 0)
            return 0;
        if (!text.StartsWith("!["))
            plain?.Append(Strip(text.ToString()));
        return close + 1 + length;
    }

    /// <summary>An HTML tag or an address in angle brackets; 0 when it is a less-than sign.</summary>
    private static int Tag(ReadOnlySpan<char> rest)
    {
        if (rest.Length < 2 || !(char.IsAsciiLetter(rest[1]) || rest[1] is '/' or '!'))
            return 0;
        return Near(rest).IndexOf('>') + 1;
    }

    private static ReadOnlySpan<char> Near(ReadOnlySpan<char> rest) => rest.Length > Reach ? rest[..Reach] : rest;
}
