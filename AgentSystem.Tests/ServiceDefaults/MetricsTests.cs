using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using AgentSystem.Tests.Support;
using Prometheus;

namespace AgentSystem.Tests.ServiceDefaults;

public sealed partial class MetricsTests
{
    private const string OpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    [Fact]
    public async Task OpenMetrics_with_exemplars_goes_to_who_accepts_it()
    {
        await using var service = await TestService.StartAsync();
        await RequestAsync(service, "/closed");
        using var plain = await service.SendAsync("/metrics");
        using var open = await service.SendAsync("/metrics", headers: ("Accept", OpenMetrics));

        Assert.Equal("text/plain", plain.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("trace_id", await plain.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("application/openmetrics-text", open.Content.Headers.ContentType?.MediaType);
        var text = await open.Content.ReadAsStringAsync();
        Assert.EndsWith("# EOF\n", text, StringComparison.Ordinal);

        var span = Assert.Single(service.Requests);
        Assert.Matches($"http_server_request_duration_seconds_bucket.* # {{trace_id=\"{span.TraceId}\",span_id=\"{span.SpanId}\"}}", text);
    }

    [Fact]
    public async Task Meters_of_the_runtime_and_of_http_have_their_standard_names()
    {
        await using var service = await TestService.StartAsync();
        await RequestAsync(service, "/closed");
        var text = await ScrapeAsync(service);

        Assert.Contains("# TYPE http_server_request_duration_seconds histogram", text, StringComparison.Ordinal);
        Assert.Matches("""http_server_request_duration_seconds_count\{.*http_route="/closed".*\} 1""", text);
        Assert.Contains("# TYPE http_server_active_requests gauge", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE dotnet_thread_pool_thread_count gauge", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE dotnet_jit_compiled_methods_total counter", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE dotnet_gc_heap_total_allocated_bytes_total counter", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE process_cpu_seconds_total counter", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_exported_twice()
    {
        await using var service = await TestService.StartAsync();
        await RequestAsync(service, "/closed");
        await RequestAsync(service, "/no-such-page");
        await ScrapeAsync(service);
        var text = await ScrapeAsync(service);

        var families = Families().Matches(text).Select(m => m.Groups[1].Value).ToList();
        Assert.Equal(families.Distinct(), families);
        var series = text.Split('\n').Where(l => l.Length > 0 && l[0] != '#').Select(l => l[..l.LastIndexOf(' ')]).ToList();
        Assert.Equal(series.Distinct(), series);
        Assert.DoesNotContain(families, f => f.StartsWith("microsoft_", StringComparison.Ordinal) || f.StartsWith("system_", StringComparison.Ordinal)
            || f.StartsWith("dotnet_process_", StringComparison.Ordinal) || f.StartsWith("prometheus_net_", StringComparison.Ordinal)
            || f == "dotnet_gc_collections_total");
    }

    [Fact]
    public async Task Probes_and_other_services_of_the_process_are_not_counted()
    {
        await using var service = await TestService.StartAsync();
        await using var other = await TestService.StartAsync();
        await RequestAsync(other, "/closed");
        await ScrapeAsync(service);

        Assert.DoesNotContain("http_server_request_duration_seconds_count", await ScrapeAsync(service), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_meter_of_our_own_reaches_the_page_whatever_its_instruments_are()
    {
        await using var service = await TestService.StartAsync();
        using var meter = new Meter($"AgentSystem.{nameof(MetricsTests)}");
        var total = 5L;
        meter.CreateCounter<int>("pages.read", "{page}").Add(3, new KeyValuePair<string, object?>("kind", "pdf"));
        meter.CreateUpDownCounter<long>("pages.open").Add(-2);
        meter.CreateGauge<double>("cache.fill", "1").Record(0.25);
        meter.CreateHistogram<float>("page.size", "By", null, null, new InstrumentAdvice<float>()).Record(2.5f);
        meter.CreateHistogram("page.time", "s", null, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 7] }).Record(3);
        meter.CreateObservableCounter("pages.sent", () => total);
        meter.CreateObservableGauge("pages.wait", () => new Measurement<int>(4, new KeyValuePair<string, object?>("a.b", null)));
        var text = await ScrapeAsync(service);
        total = 8;

        Assert.Contains("pages_read_total{kind=\"pdf\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains("pages_open -2\n", text, StringComparison.Ordinal);
        Assert.Contains("cache_fill_ratio 0.25\n", text, StringComparison.Ordinal);
        Assert.Contains("page_size_bytes_sum 2.5\n", text, StringComparison.Ordinal);
        Assert.Contains("page_time_seconds_bucket{le=\"7\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("pages_sent_total 5\n", text, StringComparison.Ordinal);
        Assert.Contains("pages_wait{a_b=\"\"} 4\n", text, StringComparison.Ordinal);
        Assert.Contains("pages_sent_total 8\n", await ScrapeAsync(service), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_metric_made_with_the_injected_factory_is_on_the_page()
    {
        await using var service = await TestService.StartAsync();
        service.Get<IMetricFactory>().CreateCounter("things_total", "Things.").Inc();
        Assert.Contains("things_total 1\n", await ScrapeAsync(service), StringComparison.Ordinal);
    }

    // A request's measurements are made after its answer has been sent.
    private static async Task RequestAsync(TestService service, string path)
    {
        var before = service.Requests.Count;
        (await service.SendAsync(path, key: TestService.Key)).Dispose();
        await Eventually.True(() => service.Requests.Count > before);
    }

    private static Task<string> ScrapeAsync(TestService service) => service.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));

    [GeneratedRegex("^# TYPE (\\S+)", RegexOptions.Multiline)]
    private static partial Regex Families();
}
