using System.Net;
using System.Text;
using System.Text.Json;
using AgentSystem.Alerting.Incidents;
using AgentSystem.Alerting.Webhook;
using CsCheck;

namespace AgentSystem.Tests.Alerting;

public sealed class AlertmanagerWebhookTests : IAsyncLifetime
{
    private const string Notification = """
        {
          "receiver": "agentsystem", "status": "firing", "version": "4", "groupKey": "{}:{alertname=\"WorkerDown\"}", "truncatedAlerts": 0,
          "groupLabels": { "alertname": "WorkerDown" }, "commonLabels": { "alertname": "WorkerDown" }, "commonAnnotations": {},
          "externalURL": "http://alertmanager:9093", "somethingNew": [1],
          "alerts": [
            { "status": "firing", "labels": { "alertname": "WorkerDown", "severity": "critical", "worker": "marie" },
              "annotations": { "summary": "marie is gone" }, "startsAt": "2026-11-23T19:28:39.123456789Z", "endsAt": "0001-01-01T00:00:00Z",
              "generatorURL": "http://prometheus:9090/graph?g0.expr=up", "fingerprint": "00f3a1b2c3d4e5f6" },
            { "status": "resolved", "labels": { "alertname": "WorkerDown", "severity": "sev-of-its-own" },
              "annotations": {}, "startsAt": "2026-11-23T19:00:00Z", "endsAt": "2026-11-23T19:10:00+01:00", "fingerprint": "ffff" }
          ]
        }
        """;

    private AlertingHost _host = null!;

    public async Task InitializeAsync() => _host = await AlertingHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Each_alert_becomes_one_event_with_everything_that_finds_it()
    {
        using var answer = await PostAsync(Notification);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var (name, firing) = await _host.NextEventAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("AlertReceived", name);
        Assert.Equal("WorkerDown", firing["alertname"]);
        Assert.Equal("firing", firing["status"]);
        Assert.Equal("critical", firing["severity"]);
        Assert.Equal("00f3a1b2c3d4e5f6", firing["fingerprint"]);
        Assert.Equal("marie", firing["labels.worker"]);
        Assert.Equal("marie is gone", firing["annotations.summary"]);
        Assert.Equal(2026, Assert.IsType<DateTimeOffset>(firing["starts_at"]).Year);
        Assert.Null(firing["ends_at"]);
        Assert.Equal("http://prometheus:9090/graph?g0.expr=up", firing["generator_url"]);
        Assert.Equal("{}:{alertname=\"WorkerDown\"}", firing["group_key"]);
        Assert.Equal("agentsystem", firing["receiver"]);

        var (_, resolved) = await _host.NextEventAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("resolved", resolved["status"]);
        Assert.Equal(18, Assert.IsType<DateTimeOffset>(resolved["ends_at"]).UtcDateTime.Hour);
        Assert.Null(resolved["generator_url"]);
        Assert.False(_host.Events.Reader.TryRead(out _));
    }

    [Fact]
    public async Task What_came_is_counted_with_labels_from_a_fixed_list()
    {
        (await PostAsync(Notification)).Dispose();
        (await PostAsync("garbage")).Dispose();

        using var anonymous = _host.NewClient(apiKey: null);
        var metrics = await anonymous.GetStringAsync("/metrics");

        Assert.Contains("alerting_webhook_notifications_total{outcome=\"accepted\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("alerting_webhook_notifications_total{outcome=\"malformed\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("alerting_alerts_received_total{status=\"firing\",severity=\"critical\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("alerting_alerts_received_total{status=\"resolved\",severity=\"other\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("alerting_alerts_received_total{status=\"firing\",severity=\"warning\"} 0", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("sev-of-its-own", metrics, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "malformed")]
    [InlineData("null", "malformed")]
    [InlineData("[]", "malformed")]
    [InlineData("{}", "malformed")]
    [InlineData("{\"version\":\"4\",\"alerts\":[", "malformed")]
    [InlineData("{\"version\":\"4\",\"groupKey\":\"g\",\"status\":\"firing\",\"receiver\":\"r\",\"alerts\":null}", "malformed")]
    [InlineData("{\"version\":\"4\",\"groupKey\":\"g\",\"status\":\"firing\",\"receiver\":\"r\",\"alerts\":[null]}", "malformed")]
    [InlineData("{\"version\":\"4\",\"groupKey\":\"g\",\"status\":\"on fire\",\"receiver\":\"r\",\"alerts\":[]}", "malformed")]
    [InlineData("{\"version\":\"4\",\"groupKey\":\"g\",\"status\":\"firing\",\"receiver\":\"r\",\"alerts\":[{\"status\":\"firing\",\"labels\":{},\"startsAt\":\"2026-11-23T19:00:00Z\",\"fingerprint\":\"f\"}]}", "malformed")]
    [InlineData("{\"version\":\"5\"}", "unknown_version")]
    [InlineData("{\"version\":4}", "unknown_version")]
    [InlineData("{\"version\":\"\\ud800\"}", "unknown_version")]
    [InlineData("{\"version\":\"4\",\"groupKey\":\"\\ud800\"}", "malformed")]
    [InlineData("{\"\\ud800n\":\"4\",\"version\":\"4\"}", "malformed")]
    [InlineData("{\"version\":\"4\",\"groupLabels\":{\"\\ud800\":\"x\"}}", "malformed")]
    public async Task A_notification_that_is_none_is_refused_with_its_reason(string body, string reason)
    {
        using var answer = await PostAsync(body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        await AssertProblemAsync(answer);
        var (name, refused) = await _host.NextEventAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(("NotificationRefused", reason), (name, refused["reason"]));
    }

    [Fact]
    public async Task More_than_a_mebibyte_is_too_large_and_a_mebibyte_is_not()
    {
        using var tooLarge = await PostAsync(Notification + new string(' ', NotificationReader.MaxBytes - Notification.Length + 1));
        using var fits = await PostAsync(Notification + new string(' ', NotificationReader.MaxBytes - Encoding.UTF8.GetByteCount(Notification)));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLarge.StatusCode);
        await AssertProblemAsync(tooLarge);
        Assert.Equal(HttpStatusCode.OK, fits.StatusCode);
    }

    [Fact]
    public async Task An_alert_that_says_nothing_about_itself_is_one_all_the_same()
    {
        using var answer = await PostAsync("""
            {"version":"4","groupKey":"g","status":"firing","receiver":"r","alerts":[
            {"status":"firing","labels":{"alertname":"Bare"},"startsAt":"2026-11-23T19:00:00Z","fingerprint":"f"}]}
            """);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task What_the_disk_refuses_is_not_taken_so_that_Alertmanager_sends_it_again()
    {
        await _host.Get<IncidentStore>().StopAsync(CancellationToken.None);

        using var answer = await PostAsync(Notification);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        await AssertProblemAsync(answer);
        Assert.Equal("NotificationNotKept", (await _host.NextEventAsync(TimeSpan.FromSeconds(10))).Name);
    }

    [Fact]
    public async Task Truncation_by_Alertmanager_is_said()
    {
        (await PostAsync("""{"version":"4","groupKey":"g","status":"firing","receiver":"r","truncatedAlerts":7,"alerts":[]}""")).Dispose();
        var (name, properties) = await _host.NextEventAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(("AlertsTruncated", 7), (name, (int)properties["count"]!));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    public async Task Without_the_key_nobody_gets_in(string? key)
    {
        using var client = _host.NewClient(key);
        using var content = new StringContent(Notification);
        using var answer = await client.PostAsync(WebhookExtensions.Path, content);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.False(_host.Events.Reader.TryRead(out _));
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    public async Task Probes_need_no_key(string path)
    {
        using var client = _host.NewClient(apiKey: null);
        using var answer = await client.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public void No_bytes_make_the_reader_throw() => Gen.Byte.Array.Sample(bytes =>
    {
        var (notification, fault) = NotificationReader.Parse(bytes);
        Assert.True(notification is null != fault is null);
    });

    [Fact]
    public void No_cut_of_a_notification_makes_the_reader_throw() => Gen.Int[0, Notification.Length - 1].Sample(length =>
    {
        var (notification, fault) = NotificationReader.Parse(Encoding.UTF8.GetBytes(Notification[..length]));
        Assert.Null(notification);
        Assert.Equal("malformed", fault!.Reason);
    });

    private async Task<HttpResponseMessage> PostAsync(string body)
    {
        using var client = _host.NewClient();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await client.PostAsync(WebhookExtensions.Path, content);
    }

    private static async Task AssertProblemAsync(HttpResponseMessage answer)
    {
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.NotEmpty(problem.RootElement.GetProperty("title").GetString()!);
        Assert.NotEmpty(problem.RootElement.GetProperty("detail").GetString()!);
    }
}
