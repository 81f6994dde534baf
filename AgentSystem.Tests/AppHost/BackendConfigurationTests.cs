using System.Globalization;
using System.Text.RegularExpressions;
using AgentSystem.Protocol;
using AgentSystem.TelemetryStore.Configuration;
using AgentSystem.TelemetryStore.Traces;
using AgentSystem.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace AgentSystem.Tests.AppHost;

/// <summary>What can be said about the configuration of a backend without the backend.</summary>
public sealed class BackendConfigurationTests
{
    private const string CollectorVariable = /* lang=regex */ @"\$\{env:[A-Z_]+:-[^}$]*\}";

    private static readonly string Infra = Path.Combine(Repository.Root, "infra");

    [Theory]
    [InlineData("otel-collector/config.yaml")]
    [InlineData("otel-collector/config.yaml", "otel-collector/jaeger.yaml")]
    [InlineData("otel-collector/config.yaml", "otel-collector/jaeger-sampled.yaml")]
    [InlineData("otel-collector/config.yaml", "otel-collector/loki.yaml")]
    [InlineData("otel-collector/config.yaml", "otel-collector/aspire-dashboard.yaml")]
    [InlineData("otel-collector/config.yaml", "otel-collector/jaeger.yaml", "otel-collector/loki.yaml", "otel-collector/aspire-dashboard.yaml")]
    [InlineData("otel-collector/config.yaml", "otel-collector/jaeger-sampled.yaml", "otel-collector/loki.yaml", "otel-collector/aspire-dashboard.yaml")]
    [InlineData("jaeger/jaeger.yaml")]
    public void What_is_used_is_defined_and_what_is_defined_is_used(params string[] files)
    {
        var merged = files.Select(Read).Aggregate(Merge);
        var service = Map(merged, "service");

        Assert.Equal(Keys(merged, "extensions"), Names(service, "extensions"));
        foreach (var kind in (string[])["receivers", "processors", "exporters"])
        {
            var used = Map(service, "pipelines").Children.Values.Cast<YamlMappingNode>().SelectMany(pipeline => Names(pipeline, kind));
            Assert.Equal(Keys(merged, kind), used.ToHashSet());
        }
    }

    [Fact]
    public void The_collector_samples_as_the_telemetry_store_does()
    {
        var store = new SamplingOptions();
        var processors = Map(Read("otel-collector/jaeger-sampled.yaml"), "processors");
        var sampling = Map(processors, "tail_sampling");
        var policies = ((YamlSequenceNode)sampling["policies"]).Cast<YamlMappingNode>().ToDictionary(p => Scalar(p["type"]));
        var slow = store.SlowerThan.TotalSeconds.ToString(CultureInfo.InvariantCulture);

        Assert.Equal(["latency", "probabilistic", "status_code", "string_attribute"], policies.Keys.Order());
        Assert.Equal(["ERROR"], Names(Map(policies["status_code"], "status_code"), "status_codes"));
        Assert.Equal(TelemetryNames.Attributes.TaskPriority, Scalar(Map(policies["string_attribute"], "string_attribute")["key"]));
        Assert.Equal(SpanRows.UrgentPriorities.ToHashSet(), Names(Map(policies["string_attribute"], "string_attribute"), "values"));
        Assert.Equal($"{slow}000", Scalar(Map(policies["latency"], "latency")["threshold_ms"]));
        Assert.Equal((store.Share * 100).ToString(CultureInfo.InvariantCulture), Scalar(Map(policies["probabilistic"], "probabilistic")["sampling_percentage"]));
        // The collector counts from the first span, the store from the last.
        Assert.Equal($"{(store.SlowerThan + store.Wait).TotalSeconds}s", Scalar(sampling["decision_wait"]));

        var dull = Scalar(((YamlSequenceNode)Map(processors, "filter/dull")["trace_conditions"])[0]);
        var conditions = SpanRows.UrgentPriorities.Select(p => $"span.attributes[\"{TelemetryNames.Attributes.TaskPriority}\"] != \"{p}\"");
        Assert.Equal($"span.status.code != STATUS_CODE_ERROR and {string.Join(" and ", conditions)} and (span.end_time - span.start_time) < Duration(\"{slow}s\")", dull);
    }

    [Theory]
    [InlineData("otel-collector", @"\$\{", CollectorVariable)]
    [InlineData("jaeger", @"\$\{", CollectorVariable)]
    [InlineData("loki", @"\$\{", @"\$\{[A-Z_]+:-[^}$]+\}")]
    [InlineData("alloy", @"sys\.env", @"coalesce\(sys\.env\(""[A-Z_]+""\), ""[^""]+""\)")]
    public void Every_variable_has_a_default(string backend, string variable, string variableWithDefault)
    {
        foreach (var file in Directory.GetFiles(Path.Combine(Infra, backend)))
        {
            var text = File.ReadAllText(file);

            Assert.NotEqual(0, Regex.Count(text, variable));
            Assert.Equal(Regex.Count(text, variable), Regex.Count(text, variableWithDefault));
        }
    }

    [Theory]
    [InlineData("otel-collector", "otel-collector/config.yaml")]
    [InlineData("jaeger", "jaeger/jaeger.yaml")]
    [InlineData("loki", "loki/loki.yaml")]
    public void Prometheus_scrapes_ports_that_are_open(string resource, string configuration)
    {
        var targets = Regex.Matches(Text($"prometheus/targets/{resource}.yml"), $@"""{resource}:(?<port>\d+)""");

        Assert.NotEmpty(targets);
        foreach (var port in targets.Select(target => target.Groups["port"].Value))
            Assert.Matches($@":-([\d.]+:)?{port}\}}", Text(configuration));
    }

    [Fact]
    public void Every_link_in_Grafana_leads_to_a_data_source()
    {
        var maps = Read("grafana/provisioning/datasources/datasources.yaml").AllNodes.OfType<YamlMappingNode>().ToList();
        var sources = Values(maps, "uid").ToHashSet();
        var links = Values(maps, "datasourceUid").Concat(Values(maps, "alertmanagerUid")).ToList();

        Assert.NotEmpty(links);
        Assert.Subset(sources, links.ToHashSet());
    }

    [Fact]
    public void Grafana_takes_its_dashboards_from_the_folder_that_it_is_told()
    {
        var maps = Read("grafana/provisioning/dashboards/dashboards.yaml").AllNodes.OfType<YamlMappingNode>();

        Assert.Equal(["${DASHBOARDS_DIR}"], Values(maps, "path"));
    }

    /// <summary>As the collector does it: key by key. A list or a value that is there twice would be replaced, so none may be.</summary>
    private static YamlMappingNode Merge(YamlMappingNode into, YamlMappingNode from)
    {
        foreach (var (key, value) in from.Children)
        {
            if (into.Children.TryGetValue(key, out var there))
                Merge(Assert.IsType<YamlMappingNode>(there), Assert.IsType<YamlMappingNode>(value));
            else
                into.Add(key, value);
        }

        return into;
    }

    private static YamlMappingNode Read(string file)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Text(file)));
        return Assert.IsType<YamlMappingNode>(Assert.Single(yaml.Documents).RootNode);
    }

    private static string Text(string file) => File.ReadAllText(Path.Combine(Infra, file));

    private static YamlMappingNode Map(YamlMappingNode node, string key) => Assert.IsType<YamlMappingNode>(node[key]);

    private static HashSet<string> Keys(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out var map) ? ((YamlMappingNode)map).Children.Keys.Select(Scalar).ToHashSet() : [];

    private static HashSet<string> Names(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out var list) ? ((YamlSequenceNode)list).Select(Scalar).ToHashSet() : [];

    private static IEnumerable<string> Values(IEnumerable<YamlMappingNode> maps, string key) =>
        from map in maps where map.Children.ContainsKey(key) select Scalar(map[key]);

    private static string Scalar(YamlNode node) => Assert.IsType<YamlScalarNode>(node).Value!;
}
