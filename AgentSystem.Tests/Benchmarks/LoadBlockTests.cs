using AgentSystem.Benchmarks.Reporting;
using AgentSystem.Benchmarks.WebConsole;

namespace AgentSystem.Tests.Benchmarks;

public sealed class LoadBlockTests
{
    [Theory]
    [InlineData(10, 10, 10.9, false)]
    [InlineData(10, 10, 11.2, true)]
    [InlineData(10, 12, 13.9, false)] // without pages one while differs as much from another
    [InlineData(10, 12, 14.1, true)]
    public void Slower_than_a_tenth_and_than_whiles_differ_by_themselves_is_missed(double without, double withoutToo, double with, bool isMissed)
    {
        var figures = LoadBlock.Compare([Block(false, without), Block(true, with), Block(true, with), Block(false, withoutToo)], 20).ToList();

        var read = figures.Single(figure => figure.Name == "GET /tasks with 20 pages open (p95)");
        Assert.Equal((with, withoutToo, isMissed), (read.Value, read.Peer!.Value, read.IsMissed));
        Assert.Contains($"{withoutToo - without:N2} ms", read.Note, StringComparison.Ordinal);
        Assert.Equal(5, figures.Count);
    }

    [Fact]
    public void Processor_time_is_compared_and_who_asked_is_told()
    {
        var blocks = (LoadBlock[])[Block(false, 1) with { Load = 2 }, Block(true, 1) with { Load = 8, Others = 6 }];

        var load = LoadBlock.Compare(blocks, 20).Single(figure => figure.Unit == "% of a core");

        Assert.Equal((8, 2, true), (load.Value, load.Peer!.Value, load.IsMissed));
        Assert.Contains("6.0 a second, without 0.0", load.Note, StringComparison.Ordinal);
    }

    private static LoadBlock Block(bool withPages, double millis) => new(withPages, Latencies.Of([millis]), Latencies.Of([millis]), Load: 1, Others: 0);
}
