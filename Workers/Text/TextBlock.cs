namespace AgentSystem.Workers.Text;

/// <summary>What a part of a document is.</summary>
public enum BlockKind
{
    /// <summary>A title.</summary>
    Heading,
    /// <summary>Running text.</summary>
    Paragraph,
    /// <summary>One entry of a list.</summary>
    ListItem,
    /// <summary>One row of a table, its cells separated by <c>; </c>.</summary>
    TableRow,
    /// <summary>Program text; kept to be counted, never read as prose.</summary>
    Code,
}

/// <summary>A part of a document.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text without markup.</param>
/// <param name="Line">Its first line, from 1.</param>
/// <param name="Level">Of a heading, from 1 to 6; else 0.</param>
public sealed record TextBlock(BlockKind Kind, string Text, int Line, int Level = 0)
{
    /// <summary>Whether it is written in sentences.</summary>
    public bool IsProse => Kind is BlockKind.Paragraph or BlockKind.ListItem;
}
