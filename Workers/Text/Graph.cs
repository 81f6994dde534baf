using System.Runtime.InteropServices;

namespace AgentSystem.Workers.Text;

/// <summary>
/// An undirected graph with weights, and who is central in it by PageRank: S. Brin, L. Page, "The anatomy of a large-scale hypertextual
/// web search engine" (1998), as R. Mihalcea and P. Tarau use it for texts in "TextRank: bringing order into texts" (EMNLP 2004).
/// </summary>
internal sealed class Graph(int size)
{
    private const double Damping = 0.85;
    private const int MaxRounds = 60;
    private const double Tolerance = 1e-7;
    private readonly Dictionary<int, double>[] _edges = [.. Enumerable.Range(0, size).Select(_ => new Dictionary<int, double>())];

    /// <summary>Adds <paramref name="weight"/> to the edge between two nodes.</summary>
    public void Connect(int a, int b, double weight)
    {
        if (a == b || weight <= 0)
            return;
        CollectionsMarshal.GetValueRefOrAddDefault(_edges[a], b, out _) += weight;
        CollectionsMarshal.GetValueRefOrAddDefault(_edges[b], a, out _) += weight;
    }

    /// <summary>Each node's rank; they sum to 1.</summary>
    /// <param name="bias">Where a reader who follows no edge goes, summing to 1.</param>
    public double[] Rank(double[] bias)
    {
        var strength = _edges.Select(e => e.Values.Sum()).ToArray();
        var rank = (double[])bias.Clone();
        for (var round = 0; round < MaxRounds; round++)
        {
            // A node without edges gives its rank to all.
            var loose = Enumerable.Range(0, size).Where(i => strength[i] == 0).Sum(i => rank[i]);
            var next = bias.Select(b => b * (1 - Damping + Damping * loose)).ToArray();
            for (var from = 0; from < size; from++)
                foreach (var (to, weight) in _edges[from])
                    next[to] += Damping * rank[from] * weight / strength[from];
            var change = rank.Zip(next, (a, b) => Math.Abs(a - b)).Sum();
            rank = next;
            if (change < Tolerance)
                break;
        }
        return rank;
    }
}
