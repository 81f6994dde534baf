namespace AgentSystem.Workers.Text;

/// <summary>A sentence that was chosen.</summary>
/// <param name="Text">The sentence, as the text has it.</param>
/// <param name="Line">First line of the paragraph that it stands in, from 1.</param>
/// <param name="Score">Relative to the most central sentence, which has 1.</param>
public sealed record SummarySentence(string Text, int Line, double Score);

/// <summary>
/// Summarizes by choosing sentences: those that have most in common with the others (TextRank over the cosine of tf-idf vectors, as
/// G. Erkan and D. Radev, "LexRank", JAIR 22, 2004, compare them), with a lean towards the beginning and against saying a thing twice.
/// </summary>
public static class Summarizer
{
    private const int ShortestSentence = 6, LongestSentence = 60;
    private const double TooSimilar = 0.5;

    // Comparing every pair is quadratic; a longer document says what it is about before this many sentences are over.
    private const int MostSentences = 500;

    /// <summary>The best <paramref name="count"/> sentences of the prose among <paramref name="blocks"/>, in the text's order.</summary>
    public static IReadOnlyList<SummarySentence> Summarize(IReadOnlyList<TextBlock> blocks, int count)
    {
        var candidates = Candidates(blocks, strict: true);
        if (candidates.Count < count)
            candidates = Candidates(blocks, strict: false);
        if (candidates.Count == 0)
            return [];

        var vectors = TermVectors.Of(candidates.Select(c => c.Text));
        var graph = new Graph(candidates.Count);
        for (var i = 0; i < candidates.Count; i++)
            for (var j = 0; j < i; j++)
                graph.Connect(i, j, vectors.Cosine(i, j));
        var lean = Enumerable.Range(0, candidates.Count).Select(i => 1 / Math.Sqrt(1 + i)).ToArray();
        var total = lean.Sum();
        var ranks = graph.Rank([.. lean.Select(l => l / total)]);

        var chosen = new List<int>();
        foreach (var i in Enumerable.Range(0, candidates.Count).OrderByDescending(i => ranks[i]).ThenBy(i => i))
        {
            if (chosen.Count == count)
                break;
            if (chosen.TrueForAll(c => vectors.Cosine(c, i) < TooSimilar))
                chosen.Add(i);
        }
        var best = ranks.Max();
        return [.. chosen.Order().Select(i => new SummarySentence(candidates[i].Text, candidates[i].Line, Math.Round(ranks[i] / best, 3)))];
    }

    private static List<(string Text, int Line)> Candidates(IReadOnlyList<TextBlock> blocks, bool strict) =>
    [
        .. blocks.Where(b => strict ? b.Kind == BlockKind.Paragraph : b.Kind != BlockKind.Code)
            .SelectMany(b => Sentences.Split(b.Text).Select(s => (Text: s, b.Line)))
            .Where(s => !strict || IsFullSentence(s.Text))
            .Take(MostSentences),
    ];

    /// <summary>Neither a fragment, nor an enumeration, nor the announcement of what follows.</summary>
    private static bool IsFullSentence(string sentence) =>
        Words.In(sentence).Take(LongestSentence + 1).Count() is >= ShortestSentence and <= LongestSentence
        && sentence.TrimEnd('"', '\'', ')', '”', '’')[^1..] is "." or "!" or "…";
}
