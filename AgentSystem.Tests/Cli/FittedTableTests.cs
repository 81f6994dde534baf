using AgentSystem.Cli.Terminal;
using Spectre.Console;

namespace AgentSystem.Tests.Cli;

public sealed class FittedTableTests
{
    [Theory]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(400)]
    public void Each_row_stays_one_line_and_the_id_whole_at_any_width(int width)
    {
        var lines = Render(width);

        Assert.All(lines, line => Assert.True(line.Length <= width, line));
        var row = Assert.Single(lines, line => line.Contains("01JDE4Y9Q7ABCDEFGHJKMNPQ00", StringComparison.Ordinal));
        Assert.Contains("a very", row, StringComparison.Ordinal);
        Assert.Equal(width >= 80, row.Contains("0af7651916cd43dd8448eb211c80319c", StringComparison.Ordinal));
    }

    private static string[] Render(int width)
    {
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = width;
        var table = new FittedTable(console, ("ID", 0), ("TRACE", 1), ("MESSAGE", 0));
        table.Add("01JDE4Y9Q7ABCDEFGHJKMNPQ00", "0af7651916cd43dd8448eb211c80319c", "a very long message that says [red]little[/] in many words");
        console.Write(table.Build());
        return writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
