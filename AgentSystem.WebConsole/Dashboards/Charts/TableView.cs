using AgentSystem.WebConsole.Dashboards.Data;
using AgentSystem.WebConsole.Dashboards.Format;
using AgentSystem.WebConsole.Dashboards.Model;

namespace AgentSystem.WebConsole.Dashboards.Charts;

/// <summary>A cell as it is shown.</summary>
/// <param name="Color">CSS; null for the text's.</param>
/// <param name="Share">For a gauge: how far it is filled, from 0 to 1.</param>
/// <param name="Raw">What it is sorted by.</param>
public sealed record ShownCell(string Text, string? Color, double Share, Cell Raw);

/// <summary>A column as it is shown.</summary>
public sealed record ShownColumn(string Name, bool IsNumber, CellStyle Style, IReadOnlyList<DashboardLink> Links, IReadOnlyList<ShownCell> Cells);

/// <summary>A table of texts: a table panel's, or the data behind any other panel.</summary>
public sealed record TableView(IReadOnlyList<ShownColumn> Columns)
{
    private const string MomentUnit = "dateTimeAsIso";

    // A longer one nobody reads to its end.
    private const int MostRows = 500;

    public int Rows => Columns.Count == 0 ? 0 : Columns[0].Cells.Count;

    /// <summary>The table of a table panel.</summary>
    public static TableView Of(Panel panel, DataTable table) => new(
    [
        .. table.Columns.Select(column => (Column: column, Field: FieldNaming.Of(panel, column))).Where(c => !c.Field.Settings.Cell.Hidden)
            .Select(c => Column(c.Column, c.Field)),
    ]);

    /// <summary>The data of any panel: a row for each moment, the newest first, and a column for each series.</summary>
    public static TableView OfSeries(Panel panel, PanelData data)
    {
        if (data.Tables is [var table, ..])
            return Of(panel, table);
        var columns = data.Series.Select(s => (Series: s, Field: FieldNaming.Of(panel, s), Display: new ValueDisplay(FieldNaming.Of(panel, s).Settings),
            At: s.Times.Zip(s.Values).Where(p => !double.IsNaN(p.Second)).GroupBy(p => p.First).ToDictionary(g => g.Key, g => g.First().Second))).ToList();
        var moments = columns.SelectMany(c => c.At.Keys).Distinct().OrderDescending().Take(MostRows).ToList();
        var format = Units.Of(MomentUnit);
        return new(
        [
            new("Time (UTC)", false, new(), [], [.. moments.Select(at => new ShownCell(format(at, null).ToString(), null, 0, new(at, null)))]),
            .. columns.Select(c => new ShownColumn(c.Field.Name, true, new(), [],
                [.. moments.Select(at => c.At.TryGetValue(at, out var value) ? new ShownCell(c.Display.Show(value).ToString(), null, 0, new(value, null)) : new("", null, 0, default))])),
        ]);
    }

    /// <summary>The rows in the order of a column; what is empty comes last.</summary>
    public TableView SortedBy(string? column, bool descending)
    {
        if (Columns.FirstOrDefault(c => c.Name == column) is not { } by)
            return this;
        var rows = Enumerable.Range(0, Rows).ToList();
        rows.Sort((a, b) =>
        {
            var (left, right) = (by.Cells[a].Raw, by.Cells[b].Raw);
            if (left.IsEmpty || right.IsEmpty)
                return left.IsEmpty.CompareTo(right.IsEmpty);
            var order = left.Number is { } x && right.Number is { } y ? x.CompareTo(y) : string.Compare(left.Text, right.Text, StringComparison.OrdinalIgnoreCase);
            return order == 0 ? a.CompareTo(b) : descending ? -order : order;
        });
        return new([.. Columns.Select(c => c with { Cells = [.. rows.Select(r => c.Cells[r])] })]);
    }

    private static ShownColumn Column(DataColumn column, NamedField field)
    {
        var settings = column.IsMoment && field.Settings.Unit is null ? field.Settings with { Unit = MomentUnit } : field.Settings;
        var numbers = column.Cells.Select(c => c.Number).OfType<double>().Where(double.IsFinite).ToList();
        var display = new ValueDisplay(settings, 0, numbers.Count == 0 ? 1 : numbers.Max());
        return new(field.Name, column.IsNumber && !Units.IsMoment(settings.Unit), settings.Cell, settings.Links, [.. column.Cells.Select(cell =>
        {
            if (cell.IsEmpty && !column.IsNumber)
                return new ShownCell("", null, 0, cell);
            var shown = cell.Text is { } text ? display.Show(text) : display.Show(cell.Number);
            var color = settings.Color.Mode == ColorMode.Fixed ? settings.Color.Fixed : shown.Color;
            return new(shown.ToString(), settings.Cell.Kind == CellKind.Text || color is null ? null : Palette.Css(color), shown.Share, cell);
        })]);
    }
}
