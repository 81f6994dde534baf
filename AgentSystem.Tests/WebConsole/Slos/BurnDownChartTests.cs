using AgentSystem.Tests.Support;
using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Formatting;
using AgentSystem.WebConsole.Slos;
using Bunit;
using Microsoft.Extensions.Time.Testing;

namespace AgentSystem.Tests.WebConsole.Slos;

public sealed class BurnDownChartTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ConsoleComponents _console;

    public BurnDownChartTests() => _console = new(time: _time);

    public void Dispose() => _console.Dispose();

    [Fact]
    public async Task What_one_looks_at_next_changes_nothing_for_others()
    {
        _console.Backends.Answer(Backend.Prometheus, "/api/v1/query_range", """{"status":"success","data":{"resultType":"matrix","result":[]}}""");
        var first = Open("one");
        Open("one");
        await AskedAsync("one", 1);

        first.Render(parameters => parameters.Add(chart => chart.Id, "other"));

        await AskedAsync("other", 1);
        await AskedAsync("one", 3);
    }

    private IRenderedComponent<BurnDownChart> Open(string id) =>
        _console.Render<BurnDownChart>(parameters => parameters.Add(chart => chart.Id, id).Add(chart => chart.Range, TimeRange.LastHour));

    private Task AskedAsync(string id, int times) => Eventually.True(() =>
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        return _console.Backends.Requests.Count(request => request.Contains($"\"{id}\"", StringComparison.Ordinal)) >= times;
    });
}
