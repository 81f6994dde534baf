using AgentSystem.WebConsole.Dashboards.Model;

namespace AgentSystem.WebConsole.Dashboards.Data;

/// <summary>One cell: a number, a text, or nothing.</summary>
public readonly record struct Cell(double? Number, string? Text)
{
    public bool IsEmpty => Number is null && Text is null;
}

/// <summary>A column.</summary>
/// <param name="IsMoment">Its numbers are milliseconds since 1970.</param>
/// <param name="RefId">The query that its values come from; null where it is shared.</param>
public sealed record DataColumn(string Name, bool IsNumber, bool IsMoment, string? RefId, IReadOnlyList<Cell> Cells);

/// <summary>A table as a table panel shows it.</summary>
public sealed record DataTable(string RefId, IReadOnlyList<DataColumn> Columns)
{
    public int Rows => Columns.Count == 0 ? 0 : Columns[0].Cells.Count;

    /// <summary>The table of a query at one moment: the moment, every label, and the value.</summary>
    /// <param name="isAlone">The panel has no other query, so that the value needs no letter.</param>
    public static DataTable Of(string refId, IReadOnlyList<DataSeries> samples, bool isAlone)
    {
        var labels = samples.SelectMany(s => s.Labels.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var rows = samples.Where(s => s.Times.Length > 0).SelectMany(s => s.Times.Zip(s.Values, (at, value) => (Series: s, At: at, Value: value))).ToList();
        return new(refId,
        [
            new("Time", true, true, null, [.. rows.Select(r => new Cell(r.At, null))]),
            .. labels.Select(label => new DataColumn(label, false, false, null, [.. rows.Select(r => new Cell(null, r.Series.Labels.GetValueOrDefault(label)))])),
            new(isAlone ? "Value" : $"Value #{refId}", true, false, refId, [.. rows.Select(r => new Cell(double.IsNaN(r.Value) ? null : r.Value, null))]),
        ]);
    }

    /// <summary>Applies the transformations in their order.</summary>
    public static IReadOnlyList<DataTable> Transform(IReadOnlyList<DataTable> tables, IReadOnlyList<Transformation> transformations)
    {
        foreach (var transformation in transformations)
            tables = transformation.Id == Transformation.Merge ? Merge(tables) : [.. tables.Select(t => Organize(t, transformation))];
        return tables;
    }

    /// <summary>One table of all. Rows that agree in the columns that their tables share become one, where their other cells don't contradict.</summary>
    private static List<DataTable> Merge(IReadOnlyList<DataTable> tables)
    {
        var full = tables.Where(t => t.Columns.Count > 0).ToList();
        if (full.Count <= 1)
            return full;
        var columns = full.SelectMany(t => t.Columns).DistinctBy(c => c.Name).ToList();
        var shared = columns.Where(c => full.All(t => t.Columns.Any(o => o.Name == c.Name))).Select(c => c.Name).ToList();
        var rows = new List<Dictionary<string, Cell>>();
        var byKey = new Dictionary<string, List<Dictionary<string, Cell>>>(StringComparer.Ordinal);
        foreach (var table in full)
        {
            for (var i = 0; i < table.Rows; i++)
            {
                var row = table.Columns.ToDictionary(c => c.Name, c => c.Cells[i], StringComparer.Ordinal);
                var key = string.Join('\u0001', shared.Select(name => row[name] is { Text: { } text } ? text : row[name].Number?.ToString("R", System.Globalization.CultureInfo.InvariantCulture)));
                if (!byKey.TryGetValue(key, out var candidates))
                    byKey[key] = candidates = [];
                var partner = candidates.FirstOrDefault(c => row.All(cell => !c.TryGetValue(cell.Key, out var there) || there == cell.Value));
                if (partner is null)
                {
                    candidates.Add(row);
                    rows.Add(row);
                    continue;
                }
                foreach (var (name, cell) in row)
                    partner[name] = cell;
            }
        }
        return [new(full[0].RefId, [.. columns.Select(c => c with { Cells = [.. rows.Select(r => r.GetValueOrDefault(c.Name))] })])];
    }

    private static DataTable Organize(DataTable table, Transformation how) => table with
    {
        Columns =
        [
            .. table.Columns.Where(c => !how.Exclude.Contains(c.Name))
                .Select((column, at) => (column, at))
                .OrderBy(c => how.Order.GetValueOrDefault(c.column.Name, int.MaxValue)).ThenBy(c => c.at)
                .Select(c => how.Rename.TryGetValue(c.column.Name, out var name) ? c.column with { Name = name } : c.column),
        ],
    };
}
