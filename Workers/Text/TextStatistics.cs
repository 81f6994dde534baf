namespace AgentSystem.Workers.Text;

/// <summary>How long a text is and what it consists of. Words, sentences and what follows from them count prose and headings, not code.</summary>
public sealed record TextStatistics(
    int Characters, int Lines, int Words, int UniqueWords, int Sentences, int Paragraphs, int Headings, int ListItems, int TableRows, int CodeBlocks,
    double WordsPerSentence, double ReadingTimeSeconds)
{
    /// <summary>
    /// Silent reading of English non-fiction, words a minute: M. Brysbaert, "How many words do we read per minute? A review and
    /// meta-analysis of reading rate", Journal of Memory and Language 109 (2019).
    /// </summary>
    public const double WordsPerMinute = 238;

    /// <summary>Measures <paramref name="text"/>, which <paramref name="blocks"/> are the blocks of.</summary>
    public static TextStatistics Of(string text, IReadOnlyList<TextBlock> blocks)
    {
        var read = blocks.Where(b => b.Kind != BlockKind.Code).ToList();
        var words = read.SelectMany(b => Text.Words.In(b.Text)).ToList();
        var prose = blocks.Where(b => b.IsProse).ToList();
        var sentences = prose.Sum(b => Text.Sentences.Split(b.Text).Count);
        var proseWords = prose.Sum(b => Text.Words.In(b.Text).Count());
        return new(
            text.Length,
            text.Length == 0 ? 0 : MarkdownReader.SplitLines(text) is var lines && lines[^1].Length == 0 ? lines.Length - 1 : lines.Length,
            words.Count,
            words.Select(Text.Words.Fold).Distinct().Count(),
            sentences,
            Count(BlockKind.Paragraph), Count(BlockKind.Heading), Count(BlockKind.ListItem), Count(BlockKind.TableRow), Count(BlockKind.Code),
            sentences == 0 ? 0 : Math.Round((double)proseWords / sentences, 1),
            Math.Round(words.Count / WordsPerMinute * 60, 1));

        int Count(BlockKind kind) => blocks.Count(b => b.Kind == kind);
    }
}
