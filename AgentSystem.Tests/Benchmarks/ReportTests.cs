using System.Text.Json;
using AgentSystem.Benchmarks.Reporting;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.Benchmarks;

public sealed class ReportTests
{
    [Theory]
    [InlineData(100, true, 0)]
    [InlineData(99, true, 1)]
    [InlineData(100, false, 0)]
    [InlineData(101, false, 1)]
    public void A_missed_target_is_named_and_is_the_exit_code(double value, bool isMinimum, int exitCode)
    {
        var report = new Report("A report") { Figures = { new("speed", value, "/s") { Target = new(100, isMinimum), Peer = new("another", 50) } } };

        using var table = new StringWriter();
        report.Write(table);

        Assert.Equal(exitCode, report.ExitCode);
        Assert.Contains(exitCode == 0 ? "met" : "MISSED", table.ToString(), StringComparison.Ordinal);
        Assert.Contains("another: 50.0 /s", table.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_should_have_been_the_same_and_was_not_fails_the_run()
    {
        var report = new Report("A report") { Faults = { "2 were sent, 1 was found." } };

        using var table = new StringWriter();
        report.Write(table);

        Assert.Equal(1, report.ExitCode);
        Assert.Contains("FAULT: 2 were sent, 1 was found.", table.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_figures_are_there_as_JSON()
    {
        using var folder = new TempFolder();
        new Report("A report") { Figures = { new("speed", 1.5, "/s") { Target = new(2, IsMinimum: true) } } }.WriteJson(folder["report.json"]);

        using var json = JsonDocument.Parse(File.ReadAllText(folder["report.json"]));
        var figure = Assert.Single(json.RootElement.GetProperty("figures").EnumerateArray());
        Assert.Equal(1.5, figure.GetProperty("value").GetDouble());
        Assert.True(figure.GetProperty("isMissed").GetBoolean());
        Assert.Equal(1, json.RootElement.GetProperty("exitCode").GetInt32());
        Assert.Contains("cores", json.RootElement.GetProperty("conditions").GetProperty("machine").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Percentiles_are_those_of_the_nearest_rank()
    {
        var latencies = new Latencies();
        await latencies.MeasureAsync(() => Task.CompletedTask);
        Assert.Equal(1, latencies.Count);
        Assert.Equal(latencies.Percentile(0.5), latencies.Percentile(0.99));
        Assert.Equal(19, Latencies.Of(Enumerable.Range(1, 20).Select(i => (double)i)).Percentile(0.95));
        Assert.Equal(10, Latencies.Of(Enumerable.Range(1, 20).Select(i => (double)i)).Percentile(0.5));
    }
}
