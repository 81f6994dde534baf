using System.Text.Json.Nodes;
using AgentSystem.WebConsole.Dashboards.Model;
using CsCheck;

namespace AgentSystem.Tests.WebConsole.Dashboards;

public sealed class DashboardReaderTests
{
    [Theory]
    [InlineData("""{""", "test.json: not JSON")]
    [InlineData("""[]""", "test.json: a dashboard has to be a JSON object.")]
    [InlineData("""{"title":"t","schemaVersion":39}""", "test.json: 'uid' is missing")]
    [InlineData("""{"uid":"u","title":"t"}""", "test.json: schemaVersion is missing; 36 to 42 can be read.")]
    [InlineData("""{"uid":"u","title":"t","schemaVersion":16}""", "test.json: schemaVersion is 16; 36 to 42 can be read. Open it in a newer Grafana")]
    [InlineData("""{"apiVersion":"dashboard.grafana.app/v2","spec":{}}""", "test.json: this is Grafana's Kubernetes form")]
    [InlineData("""{"dashboard":{}}""", "test.json: this is an answer of Grafana's API")]
    [InlineData("""{"uid":"u","title":"t","schemaVersion":39,"panels":[{"type":"stat","title":"Queue","gridPos":{"x":20,"y":0,"w":8,"h":4}}]}""", "test.json.panels[0] 'Queue'.gridPos: x 20, y 0, w 8, h 4 does not lie in the grid")]
    [InlineData("""{"uid":"u","title":"t","schemaVersion":39,"panels":[{"type":"stat","title":"Queue","fieldConfig":{"defaults":{"decimals":"x"}}}]}""", "test.json.panels[0] 'Queue'.fieldConfig.defaults.decimals has to be a number, not \"x\".")]
    [InlineData("""{"uid":"u","title":"t","schemaVersion":39,"panels":[{"title":"Queue"}]}""", "test.json.panels[0] 'Queue': 'type' is missing")]
    [InlineData("""{"uid":"u","title":"t","schemaVersion":39,"panels":[{"id":1,"type":"stat","title":"A"},{"id":1,"type":"stat","title":"B"}]}""", "the panels 'A' and 'B' have the same id 1")]
    [InlineData("""{"uid":"u","title":"t","schemaVersion":39,"templating":{"list":[{"name":"a","type":"query"},{"name":"a","type":"query"}]}}""", "there are two variables 'a'")]
    [InlineData("""{"uid":"u","title":"t","schemaVersion":39,"panels":[{"type":"stat","title":"Q","fieldConfig":{"defaults":{"mappings":[{"type":"colour"}]}}}]}""", "'colour' is not one of value, range, regex, special.")]
    [InlineData("""{"uid":"u","title":"t","schemaVersion":39,"panels":[{"type":"stat","title":"Q","fieldConfig":{"overrides":[{"matcher":{"id":"byRegexp","options":"/(/"},"properties":[]}]}}]}""", "fieldConfig.overrides[0].matcher.options: '/(/' is not a regular expression")]
    public void What_is_wrong_is_told_with_its_place(string json, string message) =>
        Assert.Contains(message, Assert.Throws<DashboardException>(() => DashboardReader.Read(json, "test.json")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(""" "type":"geomap" """, "panels of type geomap")]
    [InlineData(""" "type":"table","transformations":[{"id":"groupBy"}] """, "transformation groupBy")]
    [InlineData(""" "type":"stat","datasource":{"type":"influxdb","uid":"x"} """, "data sources of type influxdb")]
    [InlineData(""" "type":"stat","libraryPanel":{"uid":"x"} """, "library panels, which are kept in Grafana's database")]
    [InlineData(""" "type":"stat","fieldConfig":{"overrides":[{"matcher":{"id":"byValue","options":{}},"properties":[]}]} """, "overrides of fields by byValue")]
    [InlineData(""" "type":"timeseries","targets":[{"refId":"A","instant":true,"range":true}] """, "query A for a range and an instant at once")]
    public void What_would_be_drawn_wrongly_is_not_drawn(string panel, string blocked) => Assert.Contains(blocked, Panel(panel).Blocked);

    [Theory]
    [InlineData(""" "type":"timeseries","fieldConfig":{"defaults":{"custom":{"lineInterpolation":"wavy"}}} """, "lineInterpolation wavy")]
    [InlineData(""" "type":"timeseries","options":{"somethingNew":{"a":1}} """, """somethingNew {"a":1}""")]
    [InlineData(""" "type":"table","options":{"footer":{"show":true}} """, "footer")]
    [InlineData(""" "type":"timeseries","fieldConfig":{"overrides":[{"matcher":{"id":"byName","options":"x"},"properties":[{"id":"custom.wobble","value":3}]}]} """, "override wobble 3")]
    [InlineData(""" "type":"stat","fieldConfig":{"defaults":{"color":{"mode":"continuous-GrYlRd"}}} """, "mode continuous-GrYlRd")]
    public void What_is_not_honoured_is_listed(string panel, string notSupported)
    {
        Assert.Contains(notSupported, Panel(panel).NotSupported);
        Assert.Empty(Panel(panel).Blocked);
    }

    [Fact]
    public void A_variable_of_another_type_is_listed() =>
        Assert.Contains("variable Filters of type adhoc", DashboardReader.Read(
            """{"uid":"u","title":"t","schemaVersion":39,"templating":{"list":[{"name":"Filters","type":"adhoc","filters":[]}]}}""", "test.json").NotSupported);

    [Fact]
    public void Overrides_change_the_settings_of_what_they_match_in_their_order()
    {
        var panel = Panel("""
            "type":"timeseries","fieldConfig":{"defaults":{"unit":"s","custom":{"lineWidth":2}},"overrides":[
              {"matcher":{"id":"byRegexp","options":"/p9.*/"},"properties":[{"id":"unit","value":"ms"},{"id":"custom.fillOpacity","value":20}]},
              {"matcher":{"id":"byName","options":"p99"},"properties":[{"id":"unit","value":"short"},{"id":"color","value":{"mode":"fixed","fixedColor":"red"}}]}]}
            """);

        var settings = FieldSettingsReader.Apply(panel.Defaults, panel.Overrides);

        Assert.Equal(("short", 2, 20, new ColorSettings(ColorMode.Fixed, "red")), (settings.Unit, settings.Graph.LineWidth, settings.Graph.FillOpacity, settings.Color));
    }

    [Fact]
    public void A_file_that_is_broken_anywhere_is_read_or_refused_in_words()
    {
        var whole = JsonNode.Parse(Fixture)!;
        Gen.Select(Gen.Int[0, 400], AnyOf.These("null", "1", "\"x\"", "[]", "{}", "true", "-1e300")).Sample((at, value) =>
        {
            var broken = whole.DeepClone();
            Replace(broken, ref at, value);
            try
            {
                Assert.NotNull(DashboardReader.Read(broken.ToJsonString(), "test.json"));
            }
            catch (DashboardException)
            {
                // Any other exception fails the test.
            }
        }, iter: 2000);
    }

    private static string Fixture => File.ReadAllText(Path.Combine(Support.Repository.Root, "AgentSystem.Tests", "WebConsole", "Dashboards", "Fixtures", "every-panel.json"));

    private static bool Replace(JsonNode? node, ref int at, string value)
    {
        switch (node)
        {
            case JsonObject inner:
                foreach (var name in inner.Select(p => p.Key).ToList())
                {
                    if (at-- == 0)
                    {
                        inner[name] = JsonNode.Parse(value);
                        return true;
                    }
                    if (Replace(inner[name], ref at, value))
                        return true;
                }
                return false;
            case JsonArray array:
                for (var i = 0; i < array.Count; i++)
                {
                    if (at-- == 0)
                    {
                        array[i] = JsonNode.Parse(value);
                        return true;
                    }
                    if (Replace(array[i], ref at, value))
                        return true;
                }
                return false;
            default:
                return false;
        }
    }

    private static Panel Panel(string properties) =>
        Assert.Single(DashboardReader.Read($$"""{"uid":"u","title":"t","schemaVersion":39,"panels":[{ {{properties}} }]}""", "test.json").Panels);
}
