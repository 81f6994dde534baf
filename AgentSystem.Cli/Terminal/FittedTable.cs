using Spectre.Console;

namespace AgentSystem.Cli.Terminal;

/// <summary>
/// A table that fits its terminal: what matters least is left out and the last column is cut, instead of every cell breaking into pieces.
/// Cells are plain text, never markup: a file's name may hold brackets.
/// </summary>
/// <param name="console">Where it will be written; a pipe is wide enough for everything.</param>
/// <param name="columns">Titles, each with a rank. Columns of a higher rank are left out first; rank 0 stays.</param>
internal sealed class FittedTable(IAnsiConsole console, params IReadOnlyList<(string Title, int Rank)> columns)
{
    /// <summary>Below this a last column says nothing.</summary>
    private const int LeastLast = 12;

    /// <summary>Padding and separator of a column.</summary>
    private const int Gap = 3;

    private readonly List<Cell[]> _rows = [];

    public void Add(params Cell[] cells) => _rows.Add(cells);

    public Table Build()
    {
        var last = columns.Count - 1;
        var widths = columns.Select((column, i) => _rows.Select(row => row[i].Text.Length).Append(column.Title.Length).Max()).ToArray();
        var kept = Enumerable.Range(0, columns.Count).ToList();
        while (Width(kept.Where(i => i != last)) + Math.Min(widths[last], LeastLast) + Gap > console.Profile.Width
            && kept.Where(i => columns[i].Rank > 0).OrderByDescending(i => columns[i].Rank).FirstOrDefault(-1) is >= 0 and var victim)
            kept.Remove(victim);

        var room = Math.Max(columns[last].Title.Length, console.Profile.Width - Width(kept.Where(i => i != last)) - Gap);
        var table = new Table { Border = console.Profile.Capabilities.Ansi ? TableBorder.Simple : TableBorder.None };
        foreach (var i in kept)
            table.AddColumn(new TableColumn(new Text(columns[i].Title)) { NoWrap = true });
        foreach (var row in _rows)
            table.AddRow(kept.Select(i => new Text(i == last ? Format.Short(row[i].Text, room) : row[i].Text, row[i].Style)));
        return table;

        int Width(IEnumerable<int> indexes) => indexes.Sum(i => widths[i] + Gap) + 1;
    }

    /// <summary>A cell's text, made printable, and how it looks.</summary>
    internal readonly record struct Cell
    {
        /// <summary>No cell but the last is longer.</summary>
        private const int MaxLength = 160;

        public Cell(string? text, Style? style = null)
        {
            Text = Format.Short(text, MaxLength);
            Style = style;
        }

        public string Text { get; }

        public Style? Style { get; }

        public static implicit operator Cell(string? text) => new(text);
    }
}
