namespace AgentSystem.Workers.Text;

/// <summary>One heading of a document.</summary>
/// <param name="Level">From 1 to 6.</param>
/// <param name="Title">Without markup.</param>
/// <param name="Line">Where it is, from 1.</param>
public sealed record OutlineEntry(int Level, string Title, int Line)
{
    /// <summary>The headings among <paramref name="blocks"/>, in their order.</summary>
    public static IReadOnlyList<OutlineEntry> Of(IReadOnlyList<TextBlock> blocks) =>
        [.. blocks.Where(b => b.Kind == BlockKind.Heading).Select(b => new OutlineEntry(b.Level, b.Text, b.Line))];
}
