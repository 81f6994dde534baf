using AgentSystem.WebConsole.Dashboards.Layout;
using AgentSystem.WebConsole.Dashboards.Model;
using AgentSystem.WebConsole.Dashboards.Variables;
using CsCheck;

namespace AgentSystem.Tests.WebConsole.Dashboards;

public sealed class LayoutTests
{
    private static readonly HashSet<string> Nothing = [];

    [Fact]
    public void A_row_and_its_panels_are_repeated_for_each_value()
    {
        var dashboard = Read("""
            {"id":1,"type":"stat","title":"top","gridPos":{"x":0,"y":0,"w":24,"h":3}},
            {"id":2,"type":"row","title":"$w","repeat":"w","gridPos":{"x":0,"y":3,"w":24,"h":1}},
            {"id":3,"type":"stat","title":"of $w","gridPos":{"x":0,"y":4,"w":12,"h":5}},
            {"id":4,"type":"row","title":"last","gridPos":{"x":0,"y":9,"w":24,"h":1}},
            {"id":5,"type":"stat","title":"end","gridPos":{"x":0,"y":10,"w":6,"h":2}}
            """);

        var placed = DashboardLayout.Of(dashboard, Workers("marie", "anga"), Nothing);

        Assert.Equal(
            ["0 top", "3 MARIE", "4 of MARIE", "9 ANGA", "10 of ANGA", "15 last", "16 end"],
            placed.Select(p => $"{p.Grid.Y} {p.Scope.Apply(p.Panel.Title, TextUse.Title)}"));
        Assert.Equal(placed.Count, placed.Select(p => p.Key).Distinct().Count());
    }

    [Fact]
    public void A_closed_row_opens_and_moves_what_is_below()
    {
        var dashboard = Read("""
            {"id":1,"type":"row","title":"closed","collapsed":true,"gridPos":{"x":0,"y":0,"w":24,"h":1},"panels":[{"id":2,"type":"stat","title":"inner","gridPos":{"x":0,"y":7,"w":6,"h":4}}]},
            {"id":3,"type":"row","title":"below","gridPos":{"x":0,"y":1,"w":24,"h":1}}
            """);

        Assert.Equal(["0 closed", "1 below"], DashboardLayout.Of(dashboard, Scope.Empty, Nothing).Select(p => $"{p.Grid.Y} {p.Panel.Title}"));
        Assert.Equal(["0 closed", "1 inner", "5 below"], DashboardLayout.Of(dashboard, Scope.Empty, new HashSet<string> { "1" }).Select(p => $"{p.Grid.Y} {p.Panel.Title}"));
    }

    [Theory]
    [InlineData("\"maxPerRow\":2", "0,0 12x4|12,0 12x4|0,4 12x4|below 8")]
    [InlineData("\"repeatDirection\":\"h\"", "0,0 8x4|8,0 8x4|16,0 8x4|below 4")]
    [InlineData("\"repeatDirection\":\"v\"", "3,0 6x4|3,4 6x4|3,8 6x4|below 12")]
    public void A_panel_is_repeated_side_by_side_or_below_itself(string how, string places)
    {
        var dashboard = Read($$"""
            {"id":1,"type":"stat","title":"$w","repeat":"w",{{how}},"gridPos":{"x":3,"y":0,"w":6,"h":4} },
            {"id":2,"type":"stat","title":"below","gridPos":{"x":0,"y":4,"w":6,"h":4} }
            """);

        var placed = DashboardLayout.Of(dashboard, Workers("marie", "anga", "fabien"), Nothing);

        Assert.Equal(places, string.Join('|', placed.Select(p => p.Panel.Id == 2 ? $"below {p.Grid.Y}" : $"{p.Grid.X},{p.Grid.Y} {p.Grid.Width}x{p.Grid.Height}")));
        Assert.All(placed.Where(p => p.Panel.Id == 1), p => Assert.Single(p.Scope["w"]!.Values));
    }

    [Fact]
    public void No_two_panels_lie_on_each_other() =>
        Gen.Select(Gen.Int[1, 7], Gen.Int[1, 5], Gen.Bool, Gen.Int[1, 6]).Sample((values, perRow, vertical, height) =>
        {
            var dashboard = Read($$"""
                {"id":1,"type":"stat","title":"a","repeat":"w","maxPerRow":{{perRow}},"repeatDirection":"{{(vertical ? "v" : "h")}}","gridPos":{"x":0,"y":0,"w":24,"h":{{height}} } },
                {"id":2,"type":"stat","title":"b","gridPos":{"x":0,"y":{{height}},"w":12,"h":3} },
                {"id":3,"type":"stat","title":"c","gridPos":{"x":12,"y":{{height}},"w":12,"h":5} }
                """);
            var placed = DashboardLayout.Of(dashboard, Workers([.. Enumerable.Range(0, values).Select(i => $"w{i}")]), Nothing);
            foreach (var (a, b) in placed.SelectMany((a, i) => placed.Skip(i + 1).Select(b => (a.Grid, b.Grid))))
                Assert.True(a.X + a.Width <= b.X || b.X + b.Width <= a.X || a.Y + a.Height <= b.Y || b.Y + b.Height <= a.Y, $"{a} {b}");
        });

    [Theory]
    [InlineData("?from=now-2h&to=now-1h&refresh=30s&var-w=a&var-w=b&viewPanel=7", "now-2h now-1h 30s 7 w=a,b")]
    [InlineData("?viewPanel=panel-9&refresh=off", "now-6h now  9 ")]
    [InlineData("?viewPanel=x", "now-6h now 1m  ")]
    [InlineData("", "now-6h now 1m  ")]
    public void An_address_is_read_in_Grafanas_words(string query, string read)
    {
        var dashboard = DashboardReader.Read("""{"uid":"u","title":"t","schemaVersion":39,"refresh":"1m"}""", "test.json");

        var address = DashboardAddress.Read(new($"http://console/d/u{query}"), dashboard);

        Assert.Equal(read, $"{address.From} {address.To} {address.Refresh} {address.ViewPanel} {string.Join(';', address.Variables.Select(v => $"{v.Key}={string.Join(',', v.Value)}"))}");
    }

    [Theory]
    [InlineData("10s", 10.0)]
    [InlineData("100ms", 1.0)]
    [InlineData("soon", null)]
    [InlineData("off", null)]
    public void What_is_refreshed_how_often_is_bounded(string refresh, double? seconds) =>
        Assert.Equal(seconds, DashboardAddress.Read(new($"http://console/d/u?refresh={refresh}"), DashboardReader.Read("""{"uid":"u","title":"t","schemaVersion":39}""", "test.json")).Interval?.TotalSeconds);

    private static Dashboard Read(string panels) => DashboardReader.Read($$"""{"uid":"u","title":"t","schemaVersion":39,"panels":[ {{panels}} ] }""", "test.json");

    private static Scope Workers(params string[] names) => Scope.Empty.With(new VariableValue(
        new("w", VariableKind.Custom, "w", "", VariableVisibility.Shown, "", "", VariableSort.AsTheyCome, VariableRefresh.Never, true, true, null, [], null),
        names, ["All"], [.. names.Select(n => new Choice(n.ToUpperInvariant(), n))], IsAll: true));
}
