using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using AgentSystem.Tests.Support;
using AgentSystem.Tests.WebConsole.Browser;
using AgentSystem.Tests.WebConsole.Dashboards;
using Aspire.Hosting.Testing;

namespace AgentSystem.Tests.Rules;

/// <summary>The rules in the real Prometheus, which watches the real system: they are evaluated, and what they name is there.</summary>
[Collection(ConsoleInBrowser.Name)]
public sealed partial class RunningRulesTests(ConsoleInBrowser console) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>
    /// The collector does not run here. Names and attributes are in its source, exporter/exporterhelper/documentation.md,
    /// receiver/receiverhelper/documentation.md and (contrib) processor/tailsamplingprocessor/documentation.md; its Prometheus reader adds
    /// _total to sums.
    /// </summary>
    private static readonly Dictionary<string, string[]> OfTheCollector = new()
    {
        ["otelcol_exporter_queue_size"] = [],
        ["otelcol_exporter_queue_capacity"] = [],
        ["otelcol_exporter_send_failed_spans_total"] = [],
        ["otelcol_exporter_send_failed_log_records_total"] = [],
        ["otelcol_exporter_enqueue_failed_spans_total"] = [],
        ["otelcol_exporter_enqueue_failed_log_records_total"] = [],
        ["otelcol_receiver_refused_spans_total"] = [],
        ["otelcol_receiver_refused_log_records_total"] = [],
        ["otelcol_receiver_accepted_spans_total"] = [],
        ["otelcol_processor_tail_sampling_global_count_traces_sampled_total"] = ["sampled"],
    };

    /// <summary>Selectors of what does not happen in a test.</summary>
    private static readonly string[] NothingOfIt = ["http_server_request_duration_seconds_count{http_response_status_code=~\"5..\"}"];

    private HttpClient _prometheus = null!;

    private string RulesOfTheRun => Path.Combine(console.System.SettingsOf("prometheus"), "rules");

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

    [Fact]
    public async Task Every_rule_is_evaluated_without_an_error()
    {
        var rules = await Eventually.Get(
            RulesAsync,
            all => all.Count >= RuleFiles.Alerts.Count + RuleFiles.Recordings.Count && all.All(rule => rule.Health != "unknown"),
            Patience);

        Assert.Empty(rules.Where(rule => rule.Health != "ok").Select(rule => $"{rule.Name}: {rule.Error}"));
        Assert.Empty(RuleFiles.Alerts.Select(alert => alert.Name).Concat(RuleFiles.Recordings.Keys).Except(rules.Select(rule => rule.Name)));
    }

    [Fact]
    public Task The_dead_mans_switch_fires() =>
        Eventually.True(async () => await CountAsync($"ALERTS{{alertname=\"{RuleFiles.Watchdog}\",alertstate=\"firing\"}}") > 0, Patience);

    [Fact]
    public async Task Every_metric_and_label_that_a_rule_or_a_runbook_names_is_there()
    {
        var expressions = RuleFiles.Alerts.Select(alert => alert.Expression).Concat(RuleFiles.Recordings.Values).Concat(Runbooks.Queries).ToList();
        Assert.True(expressions.Count > 60);
        await NothingIsMissingAsync(() => MissingNamesAsync(expressions));
    }

    [Fact]
    public async Task Every_selector_of_a_rule_finds_a_series()
    {
        var selectors = RuleFiles.Alerts.Select(alert => alert.Expression).Concat(RuleFiles.Recordings.Values).SelectMany(expression => Selector().Matches(expression)).ToList();
        await NothingIsMissingAsync(async () =>
        {
            var nothing = new SortedSet<string>(StringComparer.Ordinal);
            foreach (var selector in selectors)
            {
                if (!OfTheCollector.ContainsKey(selector.Groups[1].Value) && await CountAsync(selector.Value) == 0)
                    nothing.Add(selector.Value);
            }
            nothing.ExceptWith(NothingOfIt);
            return nothing;
        });
    }

    [Fact]
    public async Task Every_query_of_a_runbook_is_understood()
    {
        foreach (var query in Runbooks.Queries.Distinct())
            await AskAsync($"api/v1/query?query={Uri.EscapeDataString(query)}");
    }

    [Fact]
    public async Task An_alert_of_ones_own_comes_by_dropping_a_file_as_the_page_says()
    {
        var file = Path.Combine(RulesOfTheRun, "mine.yml");
        await File.WriteAllTextAsync(file, AlertsDocument.CustomRule);
        try
        {
            await Executables.RunAsync("promtool", "check", "rules", file);
            await console.System.ReloadAsync("prometheus");
            var rules = await Eventually.Get(RulesAsync, all => all.Any(rule => rule.Name == AlertsDocument.CustomAlert && rule.Health != "unknown"), Patience);
            Assert.Equal("ok", rules.Single(rule => rule.Name == AlertsDocument.CustomAlert).Health);
        }
        finally
        {
            File.Delete(file);
            await console.System.ReloadAsync("prometheus");
        }
    }

    /// <summary>Some of it comes last: the first failure, what is counted between two scrapes, and what evaluated rules tell.</summary>
    private static async Task NothingIsMissingAsync(Func<Task<SortedSet<string>>> ask)
    {
        var missing = new SortedSet<string>();
        using var limit = new CancellationTokenSource(Patience);
        do
            missing = await ask();
        while (missing.Count > 0 && !limit.IsCancellationRequested);
        Assert.True(missing.Count == 0, string.Join('\n', missing));
    }

    private async Task<SortedSet<string>> MissingNamesAsync(IReadOnlyList<string> expressions)
    {
        var missing = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var expression in expressions)
        {
            var selectors = PromQlNames.Selectors(expression).ToList();
            var groupedBy = PromQlNames.GroupedBy(expression).ToList();
            var found = new HashSet<string>();
            foreach (var (metric, labels) in selectors)
            {
                if (OfTheCollector.TryGetValue(metric, out var known))
                    missing.UnionWith(labels.Except(known).Select(label => $"{metric}{{{label}}}"));
                else if (await CountAsync(metric) == 0)
                    missing.Add(metric);
                else
                {
                    foreach (var label in labels.Concat(groupedBy).Distinct())
                    {
                        if (await CountAsync($"{metric}{{{label}!=\"\"}}") > 0)
                            found.Add(label);
                        else if (labels.Contains(label))
                            missing.Add($"{metric}{{{label}}}");
                    }
                }
            }
            if (selectors.Any(selector => !OfTheCollector.ContainsKey(selector.Metric)))
                missing.UnionWith(groupedBy.Except(found).Select(label => $"{expression}: by {label}"));
        }
        return missing;
    }

    private async Task<IReadOnlyList<(string Name, string Health, string Error)>> RulesAsync() =>
    [
        .. (await AskAsync("api/v1/rules")).GetProperty("groups").EnumerateArray()
            // Tests of the console have rules of their own, one of them broken.
            .Where(group => !group.GetProperty("file").GetString()!.EndsWith("console-tests.yml", StringComparison.Ordinal))
            .SelectMany(group => group.GetProperty("rules").EnumerateArray())
            .Select(rule => (
                rule.GetProperty("name").GetString()!,
                rule.GetProperty("health").GetString()!,
                rule.TryGetProperty("lastError", out var error) ? error.GetString()! : "")),
    ];

    private async Task<int> CountAsync(string selector)
    {
        var query = Uri.EscapeDataString($"count(last_over_time({selector}[15m]))");
        var result = (await AskAsync($"api/v1/query?query={query}")).GetProperty("result");
        return result.GetArrayLength() > 0 ? int.Parse(result[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture) : 0;
    }

    private async Task<JsonElement> AskAsync(string path)
    {
        using var response = await _prometheus.GetAsync(path);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {await response.Content.ReadAsStringAsync()}");
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data");
    }

    [GeneratedRegex(@"([a-zA-Z_:][\w:]*)\{[^}]*\}")]
    private static partial Regex Selector();
}
