using System.Diagnostics;
using AgentSystem.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace AgentSystem.Tests.ServiceDefaults;

public sealed partial class OtlpTests
{
    private static readonly string[] Signals = ["trace", "metrics", "logs"];
    private static readonly string[] Identity = ["service.name", "marie", "service.instance.id", "marie-1", "deployment.environment.name", "lab"];

    [Theory]
    [InlineData("http/protobuf")]
    [InlineData("grpc")]
    public async Task Traces_metrics_and_logs_have_arrived_when_a_service_has_stopped(string protocol)
    {
        await using var receiver = await OtlpReceiver.StartAsync(protocol);
        ActivitySpanId span;
        await using (var service = await TestService.StartAsync(receiver.Configuration, map: MapHello))
        {
            using var response = await service.SendAsync("/hello", key: TestService.Key);
            await Eventually.True(() => service.Requests.Count > 0);
            span = service.Requests.Single().SpanId;
        }

        foreach (var signal in Signals)
        {
            var exports = receiver.Of(signal);
            Assert.NotEmpty(exports);
            Assert.All(exports, export =>
            {
                Assert.Equal(OtlpReceiver.Secret, export.ApiKey);
                Assert.All(Identity, text => Assert.Contains(text, export.Body, StringComparison.Ordinal));
            });
        }
        var spanId = new byte[8];
        span.CopyTo(spanId);
        var raw = System.Text.Encoding.Latin1.GetString(spanId);
        Assert.Contains(receiver.Of("trace"), e => e.Body.Contains(raw, StringComparison.Ordinal));
        Assert.Contains(receiver.Of("metrics"), e => e.Body.Contains("http.server.request.duration", StringComparison.Ordinal));
        Assert.Contains(receiver.Of("logs"), e =>
            e.Body.Contains("Hello, 42", StringComparison.Ordinal) && e.Body.Contains("correlation_id", StringComparison.Ordinal) && e.Body.Contains(raw, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_signal_that_is_switched_off_is_not_sent()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        var configuration = receiver.Configuration;
        configuration["OTEL_METRICS_EXPORTER"] = "none";
        configuration["OTEL_LOGS_EXPORTER"] = "none";
        await using (var service = await TestService.StartAsync(configuration, map: MapHello))
        using (await service.SendAsync("/hello", key: TestService.Key))
            await Eventually.True(() => service.Requests.Count > 0);

        Assert.NotEmpty(receiver.Of("trace"));
        Assert.Empty(receiver.Of("metrics"));
        Assert.Empty(receiver.Of("logs"));
    }

    [Fact]
    public async Task A_service_whose_backend_is_gone_works_and_stops_in_time()
    {
        string url;
        await using (var receiver = await OtlpReceiver.StartAsync())
            url = receiver.Url;
        var watch = new Stopwatch();
        await using (var service = await TestService.StartAsync(new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = url }, map: MapHello))
        {
            using var response = await service.SendAsync("/hello", key: TestService.Key);
            Assert.True(response.IsSuccessStatusCode);
            watch.Start();
        }
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"stopping took {watch.Elapsed}");
    }

    private static void MapHello(WebApplication app) => app.MapGet("/hello", (ILogger<OtlpTests> logger) => LogHello(logger, 42));

    [LoggerMessage(Level = LogLevel.Information, Message = "Hello, {Number}")]
    private static partial void LogHello(ILogger logger, int number);
}
