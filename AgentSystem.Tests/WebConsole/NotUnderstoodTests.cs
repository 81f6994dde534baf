using AgentSystem.WebConsole.Alerts;
using AgentSystem.WebConsole.Formatting;
using AgentSystem.WebConsole.Incidents;
using AgentSystem.WebConsole.Logs;
using AgentSystem.WebConsole.Questions;
using AgentSystem.WebConsole.Slos;
using AgentSystem.WebConsole.Tasks;
using AgentSystem.WebConsole.Traces;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace AgentSystem.Tests.WebConsole;

/// <summary>A page says what it does not understand of its address, and what it shows instead.</summary>
public sealed class NotUnderstoodTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 19, 28, 39, TimeSpan.Zero);

    private readonly ConsoleComponents _console = new();

    public void Dispose() => _console.Dispose();

    [Theory]
    [InlineData(typeof(TasksPage), "/tasks?state=nonsense", "state=nonsense", "tasks of all states are shown")]
    [InlineData(typeof(TasksPage), "/tasks?state=dead,nonsense", "state=nonsense", "tasks that are dead are shown")]
    [InlineData(typeof(AlertsPage), "/alerts?state=nonsense", "state=nonsense", "alerts of all states are shown")]
    [InlineData(typeof(AlertsPage), "/alerts?state=17", "state=17", "alerts of all states are shown")]
    [InlineData(typeof(IncidentsPage), "/incidents?state=nonsense", "state=nonsense", "those that are not over are shown")]
    [InlineData(typeof(QuestionsPage), "/questions?state=nonsense", "state=nonsense", "open questions are shown")]
    [InlineData(typeof(TracesPage), "/traces?from=abc", "from=abc", "what is shown is of Last 1 h")]
    [InlineData(typeof(TracesPage), "/traces?from=now-1h&to=now-2h", "from=now-1h and to=now-2h", "what is shown is of Last 1 h")]
    [InlineData(typeof(TracesPage), "/traces?limit=many", "limit=many", "at most 50 traces")]
    [InlineData(typeof(TracesPage), "/traces?sort=oddest", "sort=oddest", "the newest come first")]
    [InlineData(typeof(LogsPage), "/logs?from=abc&to=now", "from=abc and to=now", "what is shown is of Last 1 h")]
    [InlineData(typeof(LogsPage), "/logs?direction=sideways", "direction=sideways", "the newest come first")]
    [InlineData(typeof(LogsPage), "/logs?limit=-1", "limit=-1", "at most 100 lines")]
    [InlineData(typeof(SloPage), "/slos/x?from=abc", "from=abc", "what is shown is of Last 24 h")]
    public void What_is_not_understood_is_said(Type page, string address, params string[] texts)
    {
        var said = string.Join('\n', Said(page, address));

        Assert.All(texts, text => Assert.Contains(text, said, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(typeof(TasksPage), "/tasks")]
    [InlineData(typeof(TasksPage), "/tasks?state=Dead,active")]
    [InlineData(typeof(AlertsPage), "/alerts?state=firing")]
    [InlineData(typeof(IncidentsPage), "/incidents?state=Resolved")]
    [InlineData(typeof(QuestionsPage), "/questions?state=answered")]
    [InlineData(typeof(TracesPage), "/traces?from=now-2h&to=now-1h&limit=20&sort=longest")]
    [InlineData(typeof(LogsPage), "/logs?from=1795462119000&direction=backward&limit=50")]
    [InlineData(typeof(SloPage), "/slos/x")]
    public void Of_what_is_understood_nothing_is_said(Type page, string address) => Assert.Empty(Said(page, address));

    [Fact]
    public void A_long_text_is_cut() =>
        Assert.InRange(AddressWords.Mistake("state", new string('x', 10_000), isUnderstood: false, "all are shown")!.Length, 60, 200);

    [Fact]
    public void A_range_that_is_read_is_no_mistake() => Assert.Null(AddressWords.Mistake("now-1h", null, new("now-1h", "now"), Now));

    private IEnumerable<string> Said(Type page, string address)
    {
        _console.Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        var shown = _console.Render(builder =>
        {
            builder.OpenComponent(0, page);
            if (page == typeof(SloPage))
                builder.AddComponentParameter(1, nameof(SloPage.Id), "x");
            builder.CloseComponent();
        });
        return shown.FindAll("[data-not-understood]").Select(element => element.TextContent);
    }
}
