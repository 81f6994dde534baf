namespace AgentSystem.Workers.Text;

/// <summary>Sentences as unit vectors over their words, weighed by how rare these are (tf-idf).</summary>
internal sealed class TermVectors
{
    private readonly Dictionary<string, double>[] _vectors;

    private TermVectors(Dictionary<string, double>[] vectors) => _vectors = vectors;

    /// <summary>One vector a sentence.</summary>
    public static TermVectors Of(IEnumerable<string> sentences)
    {
        var counts = sentences.Select(s => Words.In(s).Where(w => !StopWords.Contains(w)).GroupBy(Words.Fold).ToDictionary(g => g.Key, g => (double)g.Count())).ToArray();
        var seenIn = counts.SelectMany(c => c.Keys).GroupBy(w => w).ToDictionary(g => g.Key, g => g.Count());
        foreach (var vector in counts)
        {
            foreach (var word in vector.Keys)
                vector[word] *= Math.Log(1 + (double)counts.Length / seenIn[word]);
            var length = Math.Sqrt(vector.Values.Sum(v => v * v));
            foreach (var word in vector.Keys)
                vector[word] /= length;
        }
        return new(counts);
    }

    /// <summary>From 0, nothing in common, to 1, the same words.</summary>
    public double Cosine(int a, int b)
    {
        var (few, many) = _vectors[a].Count <= _vectors[b].Count ? (_vectors[a], _vectors[b]) : (_vectors[b], _vectors[a]);
        var sum = 0.0;
        foreach (var (word, weight) in few)
            if (many.TryGetValue(word, out var other))
                sum += weight * other;
        return sum;
    }
}
