using System.Text;

namespace AgentSystem.Workers.Text;

/// <summary>
/// Splits a Markdown or plain text into blocks without markup: headings (<c>#</c> and underlined), paragraphs, list items, table rows,
/// fenced and indented code. Front matter and HTML comments are left out. It reads what people write rather than all of CommonMark
/// (https://spec.commonmark.org/0.31.2/), takes linear time and never throws: whatever is no markup is text.
/// </summary>
public sealed class MarkdownReader
{
    private readonly List<TextBlock> _blocks = [];
    private readonly StringBuilder _open = new();
    private BlockKind _openKind;
    private int _openLine;
    private bool _inList, _inComment;
    private string? _fence;

    private MarkdownReader()
    {
    }

    /// <summary>The blocks of <paramref name="text"/> in their order.</summary>
    public static IReadOnlyList<TextBlock> Read(string text)
    {
        var lines = SplitLines(text);
        var reader = new MarkdownReader();
        for (var i = FrontMatterLength(lines); i < lines.Length; i++)
            reader.ReadLine(lines[i], i + 1);
        reader.Close();
        return reader._blocks;
    }

    /// <summary>The lines of <paramref name="text"/>, whatever ends them.</summary>
    public static string[] SplitLines(string text) => text.ReplaceLineEndings("\n").Split('\n');

    private void ReadLine(string raw, int number)
    {
        var trimmed = raw.Trim();
        if (_fence is not null)
        {
            if (IsFenceEnd(trimmed, _fence))
                (_fence, _) = (null, CloseAs(BlockKind.Code));
            else
                Append(raw, number, BlockKind.Code, "\n");
            return;
        }
        trimmed = WithoutComments(trimmed, out var hadComment);
        if (trimmed.Length == 0)
        {
            if (!hadComment)
                Close();
            return;
        }
        if (FenceStart(trimmed) is { } fence)
        {
            Close();
            (_fence, _openKind) = (fence, BlockKind.Code);
            return;
        }
        var indented = raw.StartsWith("    ", StringComparison.Ordinal) || raw.StartsWith('\t');
        if (indented && !_inList && (_open.Length == 0 || _openKind == BlockKind.Code))
        {
            Append(raw, number, BlockKind.Code, "\n");
            return;
        }
        if (_openKind == BlockKind.Code)
            Close();
        if (trimmed.StartsWith('>'))
            trimmed = trimmed.TrimStart('>', ' ');
        if (trimmed.Length == 0)
        {
            Close();
            return;
        }

        if (HeadingLevel(trimmed) is > 0 and var level)
            AddHeading(trimmed.TrimStart('#').Trim().TrimEnd('#').TrimEnd(), number, level);
        else if (_openKind == BlockKind.Paragraph && _open.Length > 0 && UnderlineLevel(trimmed) is > 0 and var underline)
            CloseAsHeading(underline);
        else if (IsRule(trimmed))
            Close();
        else if (trimmed.StartsWith('|') && trimmed.Length > 1)
            AddTableRow(trimmed, number);
        else if (ListMarkerLength(trimmed) is > 0 and var marker)
            StartItem(trimmed[marker..], number);
        else if (!IsLinkDefinition(trimmed))
            Append(trimmed, number, _inList && indented ? BlockKind.ListItem : BlockKind.Paragraph, " ");
    }

    private void AddHeading(string title, int line, int level)
    {
        Close();
        _inList = false;
        if (InlineMarkup.Strip(title) is { Length: > 0 } text)
            _blocks.Add(new(BlockKind.Heading, text, line, level));
    }

    private void CloseAsHeading(int level)
    {
        var (title, line) = (_open.ToString(), _openLine);
        _open.Clear();
        AddHeading(title, line, level);
    }

    private void AddTableRow(string row, int line)
    {
        Close();
        var cells = row.Trim('|').Split('|', StringSplitOptions.TrimEntries);
        if (cells.All(c => c.Trim('-', ':').Length == 0))
            return;
        _blocks.Add(new(BlockKind.TableRow, string.Join("; ", cells.Select(InlineMarkup.Strip).Where(c => c.Length > 0)), line));
    }

    private void StartItem(string text, int line)
    {
        Close();
        _inList = true;
        if (text.StartsWith("[ ] ", StringComparison.Ordinal) || text.StartsWith("[x] ", StringComparison.OrdinalIgnoreCase))
            text = text[4..];
        Append(text, line, BlockKind.ListItem, " ");
    }

    private void Append(string line, int number, BlockKind kind, string separator)
    {
        if (_open.Length == 0)
        {
            (_openKind, _openLine) = (kind, number);
            // A paragraph that is not indented ends the list before it.
            _inList &= kind == BlockKind.ListItem;
        }
        else
        {
            _open.Append(separator);
        }
        _open.Append(line);
    }

    private void Close() => CloseAs(_openKind);

    private bool CloseAs(BlockKind kind)
    {
        var text = kind == BlockKind.Code ? _open.ToString() : InlineMarkup.Strip(_open.ToString());
        if (text.Length > 0)
            _blocks.Add(new(kind, text, _openLine));
        _open.Clear();
        _openKind = BlockKind.Paragraph;
        return true;
    }

    private string WithoutComments(string line, out bool had)
    {
        had = _inComment;
        var kept = new StringBuilder();
        for (var rest = line; ;)
        {
            var mark = _inComment ? "-->" : "<!--";
            var at = rest.IndexOf(mark, StringComparison.Ordinal);
            if (!_inComment)
                kept.Append(at < 0 ? rest : rest[..at]);
            if (at < 0)
                return kept.ToString().Trim();
            had = true;
            _inComment = !_inComment;
            rest = rest[(at + mark.Length)..];
        }
    }

    private static int FrontMatterLength(string[] lines)
    {
        if (lines[0].TrimEnd() != "---")
            return 0;
        var end = Array.FindIndex(lines, 1, l => l.TrimEnd() is "---" or "...");
        return end > 0 && lines[1..end].All(l => l.Length == 0 || l[0] is ' ' or '-' or '#' || l.Contains(':', StringComparison.Ordinal)) ? end + 1 : 0;
    }

    private static string? FenceStart(string line)
    {
        if (line[0] is not ('`' or '~'))
            return null;
        var length = line.Length - line.TrimStart(line[0]).Length;
        return length >= 3 && !line[length..].Contains('`', StringComparison.Ordinal) ? line[..length] : null;
    }

    private static bool IsFenceEnd(string line, string fence) => line.Length >= fence.Length && line.Trim(fence[0]).Length == 0;

    private static int HeadingLevel(string line)
    {
        var level = line.Length - line.TrimStart('#').Length;
        return level is >= 1 and <= 6 && line.Length > level && line[level] is ' ' or '\t' ? level : 0;
    }

    private static int UnderlineLevel(string line) =>
        line.Length < 2 ? 0 : line.Trim('=').Length == 0 ? 1 : line.Trim('-').Length == 0 ? 2 : 0;

    private static bool IsRule(string line) =>
        line.Length >= 3 && line[0] is '-' or '*' or '_' or '=' && line.All(c => c == line[0] || c == ' ');

    private static int ListMarkerLength(string line)
    {
        if (line.Length > 1 && line[0] is '-' or '*' or '+' && line[1] is ' ' or '\t')
            return 2;
        var digits = 0;
        while (digits < line.Length && digits < 9 && char.IsAsciiDigit(line[digits]))
            digits++;
        return digits > 0 && digits + 1 < line.Length && line[digits] is '.' or ')' && line[digits + 1] == ' ' ? digits + 2 : 0;
    }

    private static bool IsLinkDefinition(string line) =>
        line[0] == '[' && line.IndexOf("]:", StringComparison.Ordinal) is > 1 and < 200;
}
