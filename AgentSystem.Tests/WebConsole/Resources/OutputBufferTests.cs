using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Resources;

namespace AgentSystem.Tests.WebConsole.Resources;

public sealed class OutputBufferTests
{
    [Fact]
    public void The_last_lines_are_kept_and_the_last_of_those_are_shown()
    {
        var buffer = new OutputBuffer();

        buffer.Add(Lines(1, OutputBuffer.MostLines + 5));

        Assert.Equal(OutputBuffer.MostLines, buffer.Count);
        var (shown, matching) = buffer.Find(null, 2);
        Assert.Equal(OutputBuffer.MostLines, matching);
        Assert.Equal([OutputBuffer.MostLines + 4, OutputBuffer.MostLines + 5], shown.Select(line => line.Line));
    }

    [Fact]
    public void What_is_held_stays_as_it_is_until_it_is_let_go()
    {
        var buffer = new OutputBuffer();
        buffer.Add(Lines(1, 3));

        buffer.Hold();
        buffer.Add(Lines(4, 2));

        Assert.Equal((3, 2, true), (buffer.Find(null, 100).Matching, buffer.NewSinceHeld, buffer.IsHeld));
        buffer.LetGo();
        Assert.Equal((5, 0, false), (buffer.Find(null, 100).Matching, buffer.NewSinceHeld, buffer.IsHeld));
    }

    [Fact]
    public void A_text_is_found_whatever_its_case_and_colours()
    {
        var buffer = new OutputBuffer();
        buffer.Add([new(1, null, "\e[31mFa\e[0miled", IsError: true), new(2, null, "fine", IsError: false)]);

        Assert.Equal([1], buffer.Find("failed", 100).Lines.Select(line => line.Line));
        Assert.Equal(0, buffer.Find("31m", 100).Matching);
    }

    [Fact]
    public void What_is_looked_for_is_marked_within_its_colour() => Assert.Equal(
        [("x", "ansi-red", false), ("AB", "ansi-red", true), ("y", "ansi-red", false), ("ab", "", true)],
        OutputLineText.Of("\e[31mxABy\e[0mab", "ab"));

    private static OutputLine[] Lines(int first, int count) => [.. Enumerable.Range(first, count).Select(n => new OutputLine(n, null, $"line {n}", IsError: false))];
}
