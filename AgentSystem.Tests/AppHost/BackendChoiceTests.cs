using AgentSystem.AppHost.Backends;
using Aspire.Hosting;

namespace AgentSystem.Tests.AppHost;

public class BackendChoiceTests
{
    private static readonly Machine Bare = new(Publishing: false, RunsContainers: false, _ => null);
    private static readonly Machine WithExecutables = Bare with { FindExecutable = name => "/usr/bin/" + name };
    private static readonly Machine WithEverything = WithExecutables with { RunsContainers = true };

    [Fact]
    public void A_container_is_taken_where_containers_run() =>
        Assert.Equal(BackendForm.Container, BackendChoice.For(Backend.Prometheus, wanted: null, WithEverything).Form);

    [Fact]
    public void Else_the_executable_on_PATH()
    {
        var choice = BackendChoice.For(Backend.Prometheus, wanted: "", WithExecutables);

        Assert.Equal(new BackendChoice(BackendForm.Native, "/usr/bin/prometheus"), choice);
    }

    [Fact]
    public void The_first_executable_that_is_there_is_used()
    {
        var upstream = Bare with { FindExecutable = name => name == "node_exporter" ? "/opt/node_exporter" : null };

        Assert.Equal("/opt/node_exporter", BackendChoice.For(Backend.NodeExporter, wanted: null, upstream).Executable);
    }

    [Fact]
    public void Else_it_is_left_out_and_one_line_says_how_to_get_it()
    {
        var choice = BackendChoice.For(Backend.Alertmanager, wanted: null, Bare);

        Assert.Equal(BackendForm.Off, choice.Form);
        Assert.Contains("apt-get install prometheus-alertmanager", choice.Remark, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', choice.Remark!);
    }

    [Theory]
    [InlineData("native", BackendForm.Native)]
    [InlineData("Container", BackendForm.Container)]
    [InlineData("OFF", BackendForm.Off)]
    public void A_setting_overrides_the_choice(string wanted, object form) =>
        Assert.Equal(form, BackendChoice.For(Backend.Prometheus, wanted, WithEverything).Form);

    [Theory]
    [InlineData("native", "apt-get install prometheus")]
    [InlineData("embedded", "no embedded stand-in")]
    [InlineData("docker", "container, native, embedded or off")]
    public void What_cannot_be_had_is_an_error_that_says_what_to_do(string wanted, string advice)
    {
        var error = Assert.Throws<DistributedApplicationException>(() => BackendChoice.For(Backend.Prometheus, wanted, Bare));

        Assert.StartsWith($"Backends:Prometheus={wanted}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("native")]
    [InlineData("off")]
    public void Publishing_always_writes_containers(string? wanted) =>
        Assert.Equal(BackendForm.Container, BackendChoice.For(Backend.NodeExporter, wanted, Bare with { Publishing = true }).Form);

    [Fact]
    public void The_setting_has_the_name_in_Pascal_case() => Assert.Equal("Backends:NodeExporter", Backend.NodeExporter.Setting);
}
