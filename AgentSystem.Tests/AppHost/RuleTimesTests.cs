using AgentSystem.AppHost.Backends;
using AgentSystem.Tests.Rules;
using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Microsoft.Extensions.Configuration;

namespace AgentSystem.Tests.AppHost;

public sealed class RuleTimesTests
{
    [Theory]
    [InlineData("        for: 10m", 60, "        for: 10000ms")]
    [InlineData("for: 1m30s # why", 10, "for: 9000ms # why")]
    [InlineData("        keep_firing_for: 5m\n", 2, "        keep_firing_for: 150000ms\n")]
    [InlineData("rate(x[5m])", 10, "rate(x[30000ms])")]
    [InlineData("rate(x[5m])", 60, "rate(x[15000ms])")]
    [InlineData("rate(x[10s])", 60, "rate(x[10000ms])")]
    [InlineData("x[1h:5m] offset 1d", 24, "x[150000ms:15000ms] offset 3600000ms")]
    [InlineData("summary: wait for: 5m", 10, "summary: wait for: 5m")]
    [InlineData("le=\"5m\" > 30", 10, "le=\"5m\" > 30")]
    [InlineData("agentsystem:task_failed:rate5m > 0.01", 10, "agentsystem:task_failed:rate5m > 0.01")]
    [InlineData("rate(x[5m])", 1, "rate(x[5m])")]
    public void Times_are_divided_and_nothing_else(string rule, double scale, string expected) => Assert.Equal(expected, RuleTimes.Divide(rule, scale));

    [Fact]
    public async Task Promtool_accepts_the_shortened_rules_which_differ_in_nothing_but_times()
    {
        using var folder = new TempFolder();
        foreach (var file in RuleFiles.Files)
            await File.WriteAllTextAsync(folder[Path.GetFileName(file)], RuleTimes.Divide(await File.ReadAllTextAsync(file), 60));

        await Executables.RunAsync("promtool", ["check", "rules", .. Directory.GetFiles(folder.Path)]);
        Assert.Contains("for: 1000ms", await File.ReadAllTextAsync(folder["workers.yml"]), StringComparison.Ordinal);
        Assert.DoesNotContain("[5m]", await File.ReadAllTextAsync(folder["recording.yml"]), StringComparison.Ordinal);
        Assert.DoesNotContain("offset 1d", await File.ReadAllTextAsync(folder["recording.yml"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("  group_wait: 10s # time for what explains", 2, "  group_wait: 5000ms # time for what explains")]
    [InlineData("  group_wait: 10s", 20, "  group_wait: 5000ms")]
    [InlineData("  group_wait: 0s", 20, "  group_wait: 0ms")]
    [InlineData("  repeat_interval: 4h", 20, "  repeat_interval: 720000ms")]
    [InlineData("  group_interval: 30s", 1, "  group_interval: 30s")]
    [InlineData("  matchers: [team=\"4h\"]", 20, "  matchers: [team=\"4h\"]")]
    public void Alertmanagers_waits_are_divided_and_nothing_else(string line, double scale, string expected) =>
        Assert.Equal(expected, RuleTimes.DivideWaits(line, scale));

    [Fact]
    public async Task Amtool_accepts_the_shortened_waits()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["alertmanager.yml"], RuleTimes.DivideWaits(await File.ReadAllTextAsync(AlertmanagerFile.Path), 20));

        Assert.Contains("SUCCESS", await Executables.RunAsync("amtool", "check-config", folder["alertmanager.yml"]));
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData("", 1)]
    [InlineData("1", 1)]
    [InlineData("7.5", 7.5)]
    public void The_scale_is_a_setting(string? text, double expected) => Assert.Equal(expected, RuleTimes.ScaleOf(Configuration(text)));

    [Theory]
    [InlineData("0.5")]
    [InlineData("-2")]
    [InlineData("fast")]
    [InlineData("1,5")]
    public void A_scale_that_is_none_is_refused(string text)
    {
        var error = Assert.Throws<DistributedApplicationException>(() => RuleTimes.ScaleOf(Configuration(text)));

        Assert.Equal($"Rules:TimeScale={text}: it has to be a number from 1 on.", error.Message);
    }

    private static IConfiguration Configuration(string? text) =>
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [RuleTimes.Setting] = text }).Build();
}
