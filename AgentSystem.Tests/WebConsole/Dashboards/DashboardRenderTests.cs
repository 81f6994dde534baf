using AgentSystem.Tests.Support;
using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Dashboards.Pages;
using Bunit;
using Microsoft.Extensions.Time.Testing;

namespace AgentSystem.Tests.WebConsole.Dashboards;

/// <summary>What a dashboard's page asks for while it stays open.</summary>
public sealed class DashboardRenderTests : IDisposable
{
    private const string Dashboard = """
        {"uid":"u","title":"t","schemaVersion":39,"time":{"from":"now-1h","to":"now"},"refresh":"",
         "templating":{"list":[{"name":"worker","type":"query","query":"label_values(worker)","includeAll":true,"multi":true,"current":{"value":"$__all"}}]},
         "annotations":{"list":[
            {"name":"On","enable":true,"expr":"on{worker=~\"$worker\"}","datasource":{"type":"prometheus","uid":"prometheus"},"iconColor":"red"},
            {"name":"Off","enable":false,"expr":"off{worker=~\"$worker\"}","datasource":{"type":"prometheus","uid":"prometheus"},"iconColor":"red"}]},
         "panels":[{"id":1,"type":"stat","title":"${worker:lucene}","description":"${worker:lucene}","gridPos":{"x":0,"y":0,"w":6,"h":4},
            "targets":[{"refId":"A","expr":"panel{worker=~\"$worker\"}","instant":true}]}]}
        """;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly TempFolder _folder = new();
    private readonly ConsoleComponents _console;

    public DashboardRenderTests()
    {
        File.WriteAllText(_folder["u.json"], Dashboard);
        _console = new(dashboardsDir: _folder.Path, time: _time);
        _console.Backends.Answer(Backend.Prometheus, "/api/v1/query", """{"status":"success","data":{"resultType":"vector","result":[]}}""");
        _console.Backends.Answer(Backend.Prometheus, "/api/v1/query_range", """{"status":"success","data":{"resultType":"matrix","result":[]}}""");
        WorkersAre();
    }

    public void Dispose()
    {
        _console.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task All_is_also_what_comes_later()
    {
        _console.Render<DashboardPage>(parameters => parameters.Add(page => page.Uid, "u"));
        await IsAskedAsync("panel{worker=~\"()\"}", "on{worker=~\"()\"}");

        WorkersAre("marie");
        await IsAskedAsync("panel{worker=~\"marie\"}", "on{worker=~\"marie\"}");

        WorkersAre("anga", "marie");
        await IsAskedAsync("panel{worker=~\"(anga|marie)\"}", "on{worker=~\"(anga|marie)\"}");
    }

    [Fact]
    public async Task An_annotation_that_the_file_has_off_can_be_switched_on()
    {
        WorkersAre("marie");
        var page = _console.Render<DashboardPage>(parameters => parameters.Add(p => p.Uid, "u"));
        await IsAskedAsync("on{worker=~\"marie\"}");
        Assert.DoesNotContain(_console.Backends.Requests, request => request.Contains("off{", StringComparison.Ordinal));

        await page.InvokeAsync(() => page.FindAll(".toggle input")[1].Change(true));

        await IsAskedAsync("off{worker=~\"marie\"}");
    }

    [Fact]
    public void A_format_that_there_is_none_of_breaks_no_page()
    {
        WorkersAre("marie");
        var page = _console.Render<DashboardPage>(parameters => parameters.Add(p => p.Uid, "u"));

        page.WaitForAssertion(() => Assert.Contains("${worker:lucene}", page.Find(".panel h3").TextContent, StringComparison.Ordinal));
        Assert.Contains("${worker:lucene}", page.Find(".panel .popup").TextContent, StringComparison.Ordinal);
    }

    private void WorkersAre(params string[] names) => _console.Backends.Answer(
        Backend.Prometheus, "/api/v1/label/worker/values", $$"""{"status":"success","data":[{{string.Join(',', names.Select(name => $"\"{name}\""))}}]}""");

    private Task IsAskedAsync(params string[] expressions) => Eventually.True(() =>
    {
        if (expressions.All(expression => _console.Backends.Requests.Any(request => request.Contains(expression, StringComparison.Ordinal))))
            return true;
        _time.Advance(TimeSpan.FromSeconds(1));
        return false;
    });
}
