using AgentSystem.WebConsole.Dashboards.Model;
using AgentSystem.WebConsole.Dashboards.Variables;

namespace AgentSystem.WebConsole.Dashboards.Layout;

/// <summary>A panel in its place.</summary>
/// <param name="Key">Tells copies of one panel apart.</param>
/// <param name="Scope">The variables; in a copy, one of them has the copy's value alone.</param>
/// <param name="IsOpen">For a row: its panels are shown.</param>
public sealed record PlacedPanel(string Key, Panel Panel, Scope Scope, GridPosition Grid, bool IsOpen = true);

/// <summary>Lays a dashboard out as Grafana does: rows open or closed, and copies of what is repeated for each value of a variable.</summary>
public static class DashboardLayout
{
    private const int Columns = 24;

    /// <summary>All that is to be shown, from top to bottom.</summary>
    /// <param name="toggled">Rows, by key, that were opened or closed by hand.</param>
    public static IReadOnlyList<PlacedPanel> Of(Dashboard dashboard, Scope scope, IReadOnlySet<string> toggled)
    {
        var placed = new List<PlacedPanel>();
        var y = 0;
        foreach (var section in Sections(dashboard))
        {
            if (section.Row is not { } row)
            {
                y += Place(placed, section.Panels, scope, y, 0, "");
                continue;
            }
            foreach (var (copy, value) in Copies(row, scope))
            {
                var key = $"{row.Id}{value}";
                var isOpen = row.Collapsed == toggled.Contains(key);
                placed.Add(new(key, row, copy, new(0, y, Columns, 1), isOpen));
                y++;
                if (isOpen)
                    y += Place(placed, section.Panels, copy, y, section.Top, value);
            }
        }
        return placed;
    }

    // An open row heads the panels that follow it in the file; a closed one holds its own.
    private static IEnumerable<(Panel? Row, int Top, List<Panel> Panels)> Sections(Dashboard dashboard)
    {
        Panel? row = null;
        var panels = new List<Panel>();
        foreach (var panel in dashboard.Panels.OrderBy(p => p.Grid.Y).ThenBy(p => p.Grid.X))
        {
            if (!panel.IsRow)
            {
                panels.Add(panel);
                continue;
            }
            if (row is not null || panels.Count > 0)
                yield return Section(row, panels);
            (row, panels) = (panel, []);
        }
        if (row is not null || panels.Count > 0)
            yield return Section(row, panels);

        static (Panel?, int, List<Panel>) Section(Panel? row, List<Panel> panels)
        {
            var all = row is null ? panels : [.. row.Panels.OrderBy(p => p.Grid.Y).ThenBy(p => p.Grid.X), .. panels];
            return (row, all.Count == 0 ? 0 : all.Min(p => p.Grid.Y), all);
        }
    }

    /// <summary>Places panels below <paramref name="y"/> and returns how high they are together.</summary>
    private static int Place(List<PlacedPanel> placed, List<Panel> panels, Scope scope, int y, int top, string suffix)
    {
        var (shift, height) = (0, 0);
        foreach (var panel in panels)
        {
            var at = panel.Grid with { Y = y + panel.Grid.Y - top + shift };
            var copies = Copies(panel, scope).ToList();
            if (copies is [var (only, none)] && none.Length == 0)
            {
                placed.Add(new($"{panel.Id}{suffix}", panel, only, at));
                height = Math.Max(height, at.Y + at.Height - y);
                continue;
            }
            var perRow = panel.RepeatVertically ? 1 : Math.Min(copies.Count, Math.Max(1, panel.MaxPerRow));
            var width = panel.RepeatVertically ? at.Width : Columns / perRow;
            for (var i = 0; i < copies.Count; i++)
            {
                var grid = new GridPosition(panel.RepeatVertically ? at.X : i % perRow * width, at.Y + (i / perRow * at.Height), width, at.Height);
                placed.Add(new($"{panel.Id}{suffix}{copies[i].Value}", panel, copies[i].Scope, grid));
                height = Math.Max(height, grid.Y + grid.Height - y);
            }
            shift += (((copies.Count + perRow - 1) / perRow) - 1) * at.Height;
        }
        return height;
    }

    private static IEnumerable<(Scope Scope, string Value)> Copies(Panel panel, Scope scope)
    {
        if (panel.Repeat is not { } name || scope[name] is not { Values.Count: > 0 } all)
            return [(scope, "")];
        return all.Values.Select((value, i) =>
        {
            var text = all.IsAll ? all.Choices.FirstOrDefault(c => c.Value == value)?.Text ?? value : all.Texts.ElementAtOrDefault(i) ?? value;
            return (scope.With(all with { Values = [value], Texts = [text], IsAll = false }), $"-{value}");
        });
    }
}
