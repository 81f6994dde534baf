using System.Net.Http.Json;
using System.Text.Json;
using AgentSystem.Tests.Support;
using AgentSystem.Tests.WebConsole.Browser;
using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Dashboards.Model;
using AgentSystem.WebConsole.Dashboards.Queries;
using AgentSystem.WebConsole.Dashboards.Time;
using AgentSystem.WebConsole.Dashboards.Variables;
using Aspire.Hosting.Testing;

namespace AgentSystem.Tests.WebConsole.Dashboards;

/// <summary>Every query of every dashboard against the real Prometheus and the real store of logs, which watch the real system.</summary>
[Collection(ConsoleInBrowser.Name)]
public sealed class ExpressionTests(ConsoleInBrowser console) : IAsyncLifetime
{
    // Prometheus makes it of alerts that fire, and nothing does.
    private const string Alerts = "ALERTS";

    private static readonly TimeSpan ScrapeLimit = TimeSpan.FromSeconds(90);

    private HttpClient _prometheus = null!;

    public static TheoryData<string> Files => RepositoryDashboardsTests.Files;

    public async Task InitializeAsync()
    {
        _prometheus = console.System.App.CreateHttpClient("prometheus");
        await SomeWork.DoneAsync(console.System);
    }

    public Task DisposeAsync()
    {
        _prometheus.Dispose();
        return Task.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Every_metric_and_label_that_a_query_names_is_there(string file)
    {
        var dashboard = RepositoryDashboardsTests.Read(file);
        var expressions = RepositoryDashboardsTests.AllPanels(dashboard).SelectMany(p => p.Targets.Where(t => t.Source?.Type == "prometheus").Select(t => t.Expression))
            .Concat(dashboard.Annotations.Select(a => a.Expression))
            .Concat(dashboard.Variables.Where(v => v.Kind == VariableKind.Query).Select(v => VariableQuery.Read(v.Query)).Select(q => $"sum by ({q.Label}) ({q.Argument})"))
            .ToList();
        var missing = new List<string>();
        foreach (var expression in expressions)
        {
            var selectors = PromQlNames.Selectors(expression).ToList();
            Assert.NotEmpty(selectors);
            foreach (var (metric, labels) in selectors.Where(s => s.Metric != Alerts))
            {
                if (await CountAsync(metric) == 0)
                    missing.Add(metric);
                foreach (var label in labels.Concat(PromQlNames.GroupedBy(expression)).Distinct())
                    if (await CountAsync($"{metric}{{{label}!=\"\"}}") == 0)
                        missing.Add($"{metric}{{{label}}}");
            }
        }
        Assert.Empty(missing.Distinct());
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Every_query_is_understood_and_nearly_every_panel_has_data(string file)
    {
        var dashboard = RepositoryDashboardsTests.Read(file);
        using var loki = console.System.App.CreateHttpClient("telemetry-store");
        loki.DefaultRequestHeaders.Add(AgentSystem.Protocol.Api.ConnectionFile.ApiKeyHeader, EndToEnd.RunningSystem.ApiKey);
        // What has happened before it was scraped for the first time is no rate.
        await Eventually.True(async () => await CountAsync("claude_tokens_total") > 0, ScrapeLimit);
        await console.System.SubmitAsync(new { type = "summarize", payload = new { text = "It says something.", agent = "anthropic", schema = new { type = "object" } } });
        // A rate is there from the second scrape on. A short run has no errors to log.
        List<string> empty = [];
        try
        {
            await Eventually.True(
                async () => (empty = [.. (await EmptyAsync(dashboard, loki)).Except(["Warnings and errors"])]).Count == 0, ScrapeLimit);
        }
        catch (TimeoutException)
        {
            // Which they are is said below.
        }
        Assert.Empty(empty);
    }

    private async Task<List<string>> EmptyAsync(Dashboard dashboard, HttpClient loki)
    {
        var window = TimeWindow.Read("now-15m", "now", DateTimeOffset.UtcNow);
        var scope = await VariableResolver.ResolveAsync(dashboard.Variables, new Dictionary<string, IReadOnlyList<string>>(), window, Scope.Empty, new Choices(this), last: null, CancellationToken.None);
        var empty = new List<string>();
        foreach (var panel in RepositoryDashboardsTests.AllPanels(dashboard))
        {
            var found = 0;
            var queries = PlannedQuery.Of(panel, scope, window);
            foreach (var query in queries)
            {
                var path = query.Backend == Backend.Loki
                    ? $"loki/api/v1/query_range?query={Uri.EscapeDataString(query.Expression)}&limit=5"
                    : query.Instant ? $"api/v1/query?query={Uri.EscapeDataString(query.Expression)}"
                    : string.Create(System.Globalization.CultureInfo.InvariantCulture,
                        $"api/v1/query_range?query={Uri.EscapeDataString(query.Expression)}&start={PrometheusClient.Seconds(query.From)}&end={PrometheusClient.Seconds(query.To)}&step={query.Step.TotalSeconds}");
                using var response = await (query.Backend == Backend.Loki ? loki : _prometheus).GetAsync(path);
                var body = await response.Content.ReadAsStringAsync();
                Assert.True(response.IsSuccessStatusCode, $"{panel.Title}: {query.Expression}: {body}");
                found += JsonDocument.Parse(body).RootElement.GetProperty("data").GetProperty("result").GetArrayLength();
            }
            if (queries.Count > 0 && found == 0)
                empty.Add(panel.Title);
        }
        return empty;
    }

    private async Task<int> CountAsync(string selector) =>
        (await AskAsync($"api/v1/query?query={Uri.EscapeDataString($"count(last_over_time({selector}[15m]))")}")).GetProperty("result") is { } result && result.GetArrayLength() > 0
            ? int.Parse(result[0].GetProperty("value")[1].GetString()!, System.Globalization.CultureInfo.InvariantCulture)
            : 0;

    private async Task<JsonElement> AskAsync(string path)
    {
        using var response = await _prometheus.GetAsync(path);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {await response.Content.ReadAsStringAsync()}");
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data");
    }

    private sealed class Choices(ExpressionTests tests) : IVariableSource
    {
        public IReadOnlyList<Choice> DataSources(string type) => AgentSystem.WebConsole.Dashboards.Queries.DataSources.OfType(type);

        public async Task<IReadOnlyList<string>> AskAsync(DataSourceRef source, VariableQuery query, TimeWindow range, CancellationToken cancellation) =>
            [.. (await tests.AskAsync($"api/v1/label/{query.Label}/values?match[]={Uri.EscapeDataString(query.Argument)}")).EnumerateArray().Select(v => v.GetString()!)];
    }
}
