using AgentSystem.AppHost.Backends;
using Aspire.Hosting;
using Microsoft.Extensions.Configuration;

namespace AgentSystem.Tests.AppHost;

public class BackendChoiceTests
{
    private const string Name = "node-exporter";

    private static readonly NativeForm Native = new(["prometheus-node-exporter", "node_exporter"], "apt-get install prometheus-node-exporter");
    private static readonly Machine Bare = new(Publishing: false, RunsContainers: false, _ => null);
    private static readonly Machine WithExecutables = Bare with { FindExecutable = name => "/usr/bin/" + name };
    private static readonly Machine WithEverything = WithExecutables with { RunsContainers = true };

    [Fact]
    public void A_container_is_taken_where_containers_run() => Assert.Equal(BackendForm.Container, Choose(WithEverything).Form);

    [Fact]
    public void Else_the_executable_on_PATH() =>
        Assert.Equal(new BackendChoice(BackendForm.Native, "/usr/bin/prometheus-node-exporter"), Choose(WithExecutables, ("Backends:NodeExporter", "")));

    [Fact]
    public void The_first_executable_that_is_there_is_used()
    {
        var upstream = Bare with { FindExecutable = name => name == "node_exporter" ? "/opt/node_exporter" : null };

        Assert.Equal("/opt/node_exporter", Choose(upstream).Executable);
    }

    [Fact]
    public void Else_it_is_left_out_and_one_line_says_how_to_get_it()
    {
        var choice = Choose(Bare);

        Assert.Equal(BackendForm.Off, choice.Form);
        Assert.Equal("node-exporter is left out: apt-get install prometheus-node-exporter", choice.Remark);
    }

    [Fact]
    public void Our_stand_in_takes_the_place_of_one_that_has_it()
    {
        var standIn = Native with { HasStandIn = true };

        Assert.Equal(new BackendChoice(BackendForm.Embedded, Remark: "node-exporter is left out: the telemetry store stands in for it"), Choose(standIn, Bare));
        Assert.Equal(BackendForm.Native, Choose(standIn, WithExecutables).Form);
        Assert.Equal(BackendForm.Embedded, Choose(standIn, WithEverything, ("Backends:NodeExporter", "embedded")).Form);
    }

    [Fact]
    public void One_that_nothing_would_come_to_is_left_to_our_stand_in()
    {
        var fed = Native with { HasStandIn = true, OnlyWith = ["otelcol-contrib"] };
        var alone = Bare with { FindExecutable = name => name == "node_exporter" ? "/opt/node_exporter" : null };

        Assert.Equal(BackendForm.Embedded, Choose(fed, alone).Form);
        Assert.Equal(BackendForm.Native, Choose(fed, alone, ("Backends:NodeExporter", "native")).Form);
        Assert.Equal(BackendForm.Native, Choose(fed, WithExecutables).Form);
    }

    [Theory]
    [InlineData("native", BackendForm.Native)]
    [InlineData("Container", BackendForm.Container)]
    [InlineData("OFF", BackendForm.Off)]
    public void A_setting_overrides_the_choice(string wanted, object form) =>
        Assert.Equal(form, Choose(WithEverything, ("Backends:NodeExporter", wanted)).Form);

    [Fact]
    public void One_setting_overrides_for_all_that_have_none_of_their_own()
    {
        Assert.Equal(BackendForm.Off, Choose(WithEverything, ("Backends", "off")).Form);
        Assert.Equal(BackendForm.Native, Choose(WithEverything, ("Backends", "off"), ("Backends:NodeExporter", "native")).Form);
    }

    [Theory]
    [InlineData("native", "apt-get install prometheus-node-exporter")]
    [InlineData("embedded", "no embedded stand-in")]
    [InlineData("docker", "container, native, embedded or off")]
    public void What_cannot_be_had_is_an_error_that_says_what_to_do(string wanted, string advice)
    {
        var error = Assert.Throws<DistributedApplicationException>(() => Choose(Bare, ("Backends:NodeExporter", wanted)));

        Assert.StartsWith($"Backends:NodeExporter={wanted}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("native")]
    [InlineData("off")]
    public void Publishing_always_writes_containers(string? wanted) =>
        Assert.Equal(BackendForm.Container, Choose(Bare with { Publishing = true }, ("Backends:NodeExporter", wanted)).Form);

    private static BackendChoice Choose(Machine machine, params (string Key, string? Value)[] settings) => Choose(Native, machine, settings);

    private static BackendChoice Choose(NativeForm native, Machine machine, params (string Key, string? Value)[] settings) => BackendChoice.For(
        Name, native, new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, s.Value))).Build(), machine);
}
