namespace AgentSystem.Workers.Text;

/// <summary>A phrase that says what a text is about.</summary>
/// <param name="Phrase">As the text writes it most often.</param>
/// <param name="Score">Relative to the best one, which has 1.</param>
/// <param name="Count">How often it occurs.</param>
public sealed record KeyPhrase(string Phrase, double Score, int Count);

/// <summary>
/// Finds key phrases: candidates are the runs of words between stop words and punctuation (S. Rose et al., "Automatic keyword extraction
/// from individual documents", 2010: RAKE), words are weighed by their rank in the graph of neighbours (TextRank), and a phrase by its
/// words and how often it occurs.
/// </summary>
public static class KeyPhrases
{
    private const int LongestPhrase = 3;
    private const int Window = 3;
    private const int HeadingWeight = 2;

    /// <summary>The best <paramref name="count"/> phrases of everything that is not code, best first.</summary>
    public static IReadOnlyList<KeyPhrase> Of(IReadOnlyList<TextBlock> blocks, int count)
    {
        var phrases = new Dictionary<string, Candidate>();
        var runs = blocks.Where(b => b.Kind != BlockKind.Code).SelectMany(b => Runs(b.Text).Select(run => (Run: run, b.Kind))).ToList();
        foreach (var (run, kind) in runs)
            foreach (var words in Grams(run))
            {
                var key = string.Join(' ', words.Select(Words.Fold));
                if (!phrases.TryGetValue(key, out var candidate))
                    phrases[key] = candidate = new(words.Length, [.. words.Select(Words.Fold)]);
                candidate.See(string.Join(' ', words), kind == BlockKind.Heading ? HeadingWeight : 1);
            }

        var weights = WordWeights(runs.Select(r => r.Run));
        // In a longer text a chain of words that occurs once is chance.
        var needed = runs.Count > 60 ? 2 : 1;
        var ranked = phrases.Values
            .Where(p => p.Length == 1 || p.Count >= needed)
            .Select(p => (Candidate: p, Score: p.Key.Average(w => weights[w]) * Math.Log2(1 + p.Weight) * p.Length))
            .OrderByDescending(p => p.Score).ThenBy(p => p.Candidate.Best, StringComparer.Ordinal);

        var chosen = new List<(Candidate Candidate, double Score)>();
        foreach (var next in ranked)
        {
            if (chosen.Count == count)
                break;
            if (!chosen.Exists(c => Covers(c.Candidate, next.Candidate)))
                chosen.Add(next);
        }
        return [.. chosen.Select(c => new KeyPhrase(c.Candidate.Best, Math.Round(c.Score / chosen[0].Score, 3), c.Candidate.Count))];
    }

    /// <summary>Words without a stop word or punctuation between them.</summary>
    private static IEnumerable<List<string>> Runs(string text)
    {
        foreach (var part in text.Split([',', ';', ':', '(', ')', '[', ']', '"', '“', '”', '!', '?', '/', '\\', '|', '=', '–', '—', '→', '·', '{', '}', '<', '>', '+', '…']))
        {
            var run = new List<string>();
            foreach (var sentence in Sentences.Split(part))
            {
                foreach (var word in Words.In(sentence))
                {
                    if (word.Length > 1 && Words.HasLetter(word) && !StopWords.Contains(word))
                    {
                        run.Add(word);
                        continue;
                    }
                    if (run.Count > 0)
                        yield return run;
                    run = [];
                }
                if (run.Count > 0)
                    yield return run;
                run = [];
            }
        }
    }

    private static IEnumerable<string[]> Grams(List<string> run)
    {
        for (var start = 0; start < run.Count; start++)
            for (var length = 1; length <= LongestPhrase && start + length <= run.Count; length++)
                yield return [.. run.Skip(start).Take(length)];
    }

    private static Dictionary<string, double> WordWeights(IEnumerable<List<string>> runs)
    {
        var index = new Dictionary<string, int>();
        var folded = runs.Select(r => r.Select(w => Index(Words.Fold(w))).ToArray()).ToList();
        var graph = new Graph(index.Count);
        foreach (var run in folded)
            for (var i = 0; i < run.Length; i++)
                for (var j = i + 1; j < run.Length && j < i + Window; j++)
                    graph.Connect(run[i], run[j], 1);
        var frequency = new double[index.Count];
        foreach (var word in folded.SelectMany(r => r))
            frequency[word]++;
        var total = frequency.Sum();
        var ranks = graph.Rank([.. frequency.Select(f => f / total)]);
        return index.ToDictionary(p => p.Key, p => ranks[p.Value]);

        int Index(string word)
        {
            if (!index.TryGetValue(word, out var i))
                index[word] = i = index.Count;
            return i;
        }
    }

    /// <summary>Whether <paramref name="next"/> says little that <paramref name="chosen"/> has not said.</summary>
    private static bool Covers(Candidate chosen, Candidate next) =>
        next.Length < chosen.Length ? next.Key.All(chosen.Key.Contains) && next.Count < chosen.Count * 2
        : next.Length > chosen.Length ? chosen.Key.All(next.Key.Contains) && next.Count * 2 < chosen.Count
        : chosen.Key.All(next.Key.Contains);

    private sealed class Candidate(int length, string[] key)
    {
        private readonly Dictionary<string, int> _forms = [];

        public int Length { get; } = length;

        public string[] Key { get; } = key;

        public int Count { get; private set; }

        public int Weight { get; private set; }

        public string Best => _forms.OrderByDescending(f => f.Value).ThenByDescending(f => f.Key, StringComparer.Ordinal).First().Key;

        public void See(string form, int weight)
        {
            Count++;
            Weight += weight;
            _forms[form] = _forms.GetValueOrDefault(form) + 1;
        }
    }
}
