using System.Globalization;
using System.Text;

namespace AgentSystem.WebConsole.Resources;

/// <summary>A piece of a line that is written in one way.</summary>
/// <param name="Text">The piece.</param>
/// <param name="Class">Classes for its colour and weight; empty for plain text.</param>
public sealed record AnsiSegment(string Text, string Class);

/// <summary>
/// A line as a program meant it for a terminal: its colours as classes, every other control sequence left out (ECMA-48; select graphic
/// rendition is CSI … m).
/// </summary>
public static class AnsiText
{
    private const char Escape = '\e';

    // Where text is written on a colour, that colour is the message: it becomes the text's own, on our background.
    private static readonly string[] Colours = ["grey", "red", "green", "yellow", "blue", "magenta", "cyan", ""];

    /// <summary>Takes a line apart; its pieces make the text that people read.</summary>
    public static IReadOnlyList<AnsiSegment> Parse(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        if (!line.Any(char.IsControl))
            return line.Length == 0 ? [] : [new(line, "")];
        var segments = new List<AnsiSegment>();
        var text = new StringBuilder();
        var style = new Style();
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] != Escape)
            {
                if (line[i] == '\t' || !char.IsControl(line[i]))
                    text.Append(line[i]);
                continue;
            }

            var end = EndOfSequence(line, i);
            if (end < line.Length && line[i + 1] == '[' && line[end] == 'm')
            {
                Flush();
                style = style.With(line.AsSpan(i + 2, end - i - 2));
            }
            i = end;
        }

        Flush();
        return segments;

        void Flush()
        {
            if (text.Length == 0)
                return;
            segments.Add(new(text.ToString(), style.Class));
            text.Clear();
        }
    }

    /// <summary>The text alone.</summary>
    public static string Plain(string line) => string.Concat(Parse(line).Select(segment => segment.Text));

    /// <summary>The index of a sequence's last character; the line's length when it is cut off.</summary>
    private static int EndOfSequence(string line, int start)
    {
        var i = start + 1;
        if (i >= line.Length)
            return line.Length;
        if (line[i] == '[')
        {
            // CSI: parameters and intermediates, then one character from @ to ~.
            for (i++; i < line.Length && line[i] is < '@' or > '~'; i++)
            {
            }
            return i;
        }
        if (line[i] is not (']' or 'P' or '^' or '_'))
        {
            // Others, as the choice of a character set: intermediates, then one character.
            while (i < line.Length && line[i] is >= ' ' and <= '/')
                i++;
            return i;
        }
        // A string (OSC and its like) until BEL or ESC \.
        for (i++; i < line.Length; i++)
        {
            if (line[i] == '\a')
                return i;
            if (line[i] == Escape && i + 1 < line.Length && line[i + 1] == '\\')
                return i + 1;
        }
        return line.Length;
    }

    private readonly record struct Style(string Front, string Back, bool Bold, bool Dim, bool Underline)
    {
        public Style() : this("", "", false, false, false)
        {
        }

        public string Class => string.Join(' ', Names());

        public Style With(ReadOnlySpan<char> parameters)
        {
            var style = this;
            var codes = parameters.ToString().Split(';', ':')
                .Select(code => int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0).ToArray();
            for (var i = 0; i < codes.Length; i++)
            {
                switch (codes[i])
                {
                    case 0: style = new(); break;
                    case 1: style = style with { Bold = true }; break;
                    case 2: style = style with { Dim = true }; break;
                    case 4: style = style with { Underline = true }; break;
                    case 22: style = style with { Bold = false, Dim = false }; break;
                    case 24: style = style with { Underline = false }; break;
                    case >= 30 and <= 37: style = style with { Front = Colours[codes[i] - 30] }; break;
                    case 39: style = style with { Front = "" }; break;
                    case >= 40 and <= 47: style = style with { Back = Colours[codes[i] - 40] }; break;
                    case 49: style = style with { Back = "" }; break;
                    case >= 90 and <= 97: style = style with { Front = Colours[codes[i] - 90] }; break;
                    case >= 100 and <= 107: style = style with { Back = Colours[codes[i] - 100] }; break;
                    case 38 or 48:
                        // 5;n is one of 256 colours, of which the first 16 have names; 2;r;g;b is any.
                        var named = i + 2 < codes.Length && codes[i + 1] == 5 && codes[i + 2] < 16 ? Colours[codes[i + 2] % 8] : "";
                        style = codes[i] == 38 ? style with { Front = named } : style with { Back = named };
                        i += i + 1 < codes.Length && codes[i + 1] == 2 ? 4 : 2;
                        break;
                    default: break;
                }
            }
            return style;
        }

        private IEnumerable<string> Names()
        {
            if ((Back.Length > 0 && Back != "grey" ? Back : Front) is { Length: > 0 } colour)
                yield return "ansi-" + colour;
            if (Bold)
                yield return "ansi-bold";
            if (Dim)
                yield return "ansi-dim";
            if (Underline)
                yield return "ansi-underline";
        }
    }
}
