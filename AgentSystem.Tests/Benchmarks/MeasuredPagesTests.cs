using System.Reflection;
using AgentSystem.Benchmarks.WebConsole;
using AgentSystem.Tests.WebConsole.Dashboards;
using AgentSystem.WebConsole;
using Microsoft.AspNetCore.Components;

namespace AgentSystem.Tests.Benchmarks;

/// <summary>That no page is slow because nobody measures it.</summary>
public sealed class MeasuredPagesTests
{
    private static readonly PageSubjects Subjects = new(
        "task-1", ["task-2", "task-3", "task-4", "task-5"], "trace", ("0123456789abcdef", "HighTaskLatency"), ("incident", "Title"), ("slo", "Name"), "marie", "from=1&to=2", "from=1&to=2");

    private static readonly IReadOnlyList<string> Paths = [.. MeasuredPages.All(Subjects).Select(page => page.Path.Split('?')[0])];

    [Fact]
    public void Every_page_is_measured_or_it_is_written_why_not()
    {
        var routes = typeof(WebConsoleExtensions).Assembly.GetTypes().SelectMany(page => page.GetCustomAttributes<RouteAttribute>()).Select(route => route.Template).ToList();
        var measured = Paths.Select(path => RouteOf(path, routes)).ToHashSet();

        Assert.Contains("/", measured);
        Assert.Empty(routes.Except(measured).Except(MeasuredPages.LeftOut.Keys));
        Assert.Empty(MeasuredPages.LeftOut.Keys.Except(routes));
    }

    [Fact]
    public void Every_dashboard_is_measured()
    {
        Assert.NotEmpty(RepositoryDashboardsTests.Names);
        Assert.All(RepositoryDashboardsTests.Names, name => Assert.Contains($"/d/{RepositoryDashboardsTests.Read(name).Uid}", Paths));
    }

    [Fact]
    public void Twenty_different_pages_are_open_at_once()
    {
        var together = MeasuredPages.Together(Subjects, i => $"over-{i}");

        Assert.Equal(20, together.Distinct().Count());
        Assert.Equal(20, together.Count);
    }

    // Of several that fit, the one with the fewest parameters, as the router has it.
    private static string RouteOf(string path, IEnumerable<string> routes) =>
        routes.Where(route => Fits(path.Split('/'), route.Split('/'))).OrderBy(route => route.Count(c => c == '{')).First();

    private static bool Fits(string[] path, string[] route) => path.Length == route.Length && path.Zip(route).All(pair => pair.Second.StartsWith('{') || pair.First == pair.Second);
}
