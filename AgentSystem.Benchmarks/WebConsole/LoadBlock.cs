using AgentSystem.Benchmarks.Reporting;

namespace AgentSystem.Benchmarks.WebConsole;

/// <summary>What the orchestrator did in a while.</summary>
/// <param name="WithPages">Whether pages were open.</param>
/// <param name="Reads">How long <c>GET /tasks</c> took.</param>
/// <param name="Writes">How long <c>POST /tasks</c> took.</param>
/// <param name="Load">Its processor time, in percent of a core.</param>
/// <param name="Others">Requests a second of others than the one who measures.</param>
internal sealed record LoadBlock(bool WithPages, Latencies Reads, Latencies Writes, double Load, double Others)
{
    // What people would call measurable, and not one run's luck: a tenth, or as much as without pages one while differs from another.
    private const double MostTimes = 1.1, MostLoad = 5;

    /// <summary>What is reported of them: the same with pages and without.</summary>
    internal static IEnumerable<Figure> Compare(IReadOnlyList<LoadBlock> blocks, int pages)
    {
        foreach (var figure in Latency(blocks, pages, "GET /tasks", block => block.Reads).Concat(Latency(blocks, pages, "POST /tasks", block => block.Writes)))
            yield return figure;
        var (with, without) = (Of(blocks, true).Average(block => block.Load), Of(blocks, false).Average(block => block.Load));
        yield return new($"the orchestrator's processor time with {pages} pages open", with, "% of a core")
        {
            Target = new(without + MostLoad, IsMinimum: false),
            Peer = new("without", without),
            Note = $"{Each(blocks, true, b => b.Load)}, without {Each(blocks, false, b => b.Load)}; the pages' requests are {Of(blocks, true).Average(b => b.Others):N1} a second, without {Of(blocks, false).Average(b => b.Others):N1}",
        };
    }

    private static IEnumerable<Figure> Latency(IReadOnlyList<LoadBlock> blocks, int pages, string what, Func<LoadBlock, Latencies> of)
    {
        foreach (var share in (double[])[0.5, 0.95])
        {
            double Percentile(LoadBlock block) => of(block).Percentile(share);
            var (with, without) = (Latencies.Of(Of(blocks, true).Select(of)), Latencies.Of(Of(blocks, false).Select(of)));
            var (measured, beside) = (with.Percentile(share), without.Percentile(share));
            var spread = Of(blocks, false).Max(Percentile) - Of(blocks, false).Min(Percentile);
            yield return new($"{what} with {pages} pages open (p{share * 100:0})", measured, "ms")
            {
                Target = new(Math.Max(beside * MostTimes, beside + spread), IsMinimum: false),
                Peer = new("without", beside),
                Note = $"{Each(blocks, true, Percentile)} of {with.Count}, without {Each(blocks, false, Percentile)} of {without.Count}, which spread over {spread:N2} ms",
            };
        }
    }

    private static IEnumerable<LoadBlock> Of(IEnumerable<LoadBlock> blocks, bool withPages) => blocks.Where(block => block.WithPages == withPages);

    private static string Each(IEnumerable<LoadBlock> blocks, bool withPages, Func<LoadBlock, double> value) =>
        string.Join(", ", Of(blocks, withPages).Select(block => value(block).ToString("N2", System.Globalization.CultureInfo.InvariantCulture)));
}
