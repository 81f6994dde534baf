using System.Text.Json.Nodes;
using AgentSystem.WebConsole.Dashboards.Format;
using AgentSystem.WebConsole.Dashboards.Model;

namespace AgentSystem.Tests.WebConsole.Dashboards;

/// <summary>What holds for each file in <c>dashboards/</c>; a new one joins by being there.</summary>
public sealed class RepositoryDashboardsTests
{
    internal static readonly string Folder = Path.Combine(Support.Repository.Root, "dashboards");

    internal static readonly IReadOnlyList<string> Names = [.. Directory.GetFiles(Folder, "*.json").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Files => [.. Names];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_console_shows_all_that_the_file_says(string file)
    {
        var dashboard = Read(file);

        Assert.Empty(dashboard.NotSupported);
        Assert.All(AllPanels(dashboard), panel =>
        {
            Assert.Empty(panel.Blocked);
            Assert.Empty(panel.NotSupported);
            Assert.True(Units.IsKnown(panel.Defaults.Unit), panel.Defaults.Unit);
        });
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void The_file_works_in_any_Grafana(string file)
    {
        var dashboard = Read(file);

        Assert.Equal(Path.GetFileNameWithoutExtension(file), dashboard.Uid);
        Assert.Contains(dashboard.Variables, v => v.Kind == VariableKind.DataSource);
        var sources = dashboard.Variables.Where(v => v.Kind == VariableKind.DataSource).Select(v => $"${{{v.Name}}}").ToHashSet();
        foreach (var source in AllPanels(dashboard).Where(p => !p.IsRow && p.Options is not TextOptions).SelectMany(p => p.Targets.Select(t => t.Source).Append(p.Source))
            .Concat(dashboard.Variables.Where(v => v.Kind == VariableKind.Query).Select(v => v.Source)).Concat(dashboard.Annotations.Select(a => (DataSourceRef?)a.Source)))
            Assert.Contains(source!.Uid!, sources);
        // An id belongs to one Grafana's database.
        Assert.Null(JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, file)))!["id"]);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Panels_say_what_they_are_and_lie_beside_each_other(string file)
    {
        var panels = Read(file).Panels;
        Assert.All(panels, p => Assert.NotEmpty(p.Title));
        Assert.Equal(panels.Count, panels.Select(p => p.Title).Distinct().Count());
        foreach (var (a, b) in panels.SelectMany((a, i) => panels.Skip(i + 1).Select(b => (a, b))))
            Assert.True(
                a.Grid.X + a.Grid.Width <= b.Grid.X || b.Grid.X + b.Grid.Width <= a.Grid.X || a.Grid.Y + a.Grid.Height <= b.Grid.Y || b.Grid.Y + b.Grid.Height <= a.Grid.Y,
                $"'{a.Title}' and '{b.Title}' overlap.");
    }

    internal static Dashboard Read(string file) => DashboardReader.Read(File.ReadAllText(Path.Combine(Folder, file)), file);

    internal static IEnumerable<Panel> AllPanels(Dashboard dashboard) => dashboard.Panels.Concat(dashboard.Panels.SelectMany(p => p.Panels));
}
