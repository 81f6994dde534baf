using System.Diagnostics;
using AgentSystem.Tests.Support;
using Microsoft.AspNetCore.Builder;

namespace AgentSystem.Tests.ServiceDefaults;

public sealed class TracingTests
{
    [Fact]
    public async Task A_request_is_a_span_and_a_probe_is_none()
    {
        await using var service = await TestService.StartAsync();
        foreach (var path in new[] { "/health", "/alive", "/metrics", "/closed" })
            (await service.SendAsync(path, key: TestService.Key)).Dispose();
        await Eventually.True(() => service.Requests.Count > 0);

        Assert.Equal("GET /closed", Assert.Single(service.Requests).DisplayName);
    }

    [Fact]
    public async Task A_request_continues_its_callers_trace_and_what_our_code_does_is_in_it()
    {
        using var source = new ActivitySource("AgentSystem.Tests.Tracing");
        await using var service = await TestService.StartAsync(map: app => app.MapGet("/work", () =>
        {
            using var work = source.StartActivity("work");
            return work is not null;
        }));
        using var response = await service.SendAsync(
            "/work", key: TestService.Key, headers: ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
        await Eventually.True(() => service.Requests.Count > 0);

        var request = Assert.Single(service.Requests);
        var work = Assert.Single(service.Recorder.Spans.Ended, s => s.OperationName == "work");
        Assert.Equal("b7ad6b7169203331", request.ParentSpanId.ToHexString());
        Assert.Equal(request.SpanId, work.ParentSpanId);
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", work.TraceId.ToHexString());
    }

    [Fact]
    public async Task Who_the_service_is_comes_from_the_standard_variables_else_from_its_host()
    {
        await using var named = await TestService.StartAsync(new()
        {
            ["OTEL_SERVICE_NAME"] = "marie",
            ["OTEL_RESOURCE_ATTRIBUTES"] = "service.name=other,service.instance.id=marie%201,team=a%2Cb,broken,=x",
        });
        await using var unnamed = await TestService.StartAsync(new() { ["OTEL_SERVICE_NAME"] = "", ["OTEL_RESOURCE_ATTRIBUTES"] = "" });

        var resource = named.Recorder.Spans.Resource;
        Assert.Equal("marie", resource["service.name"]);
        Assert.Equal("marie 1", resource["service.instance.id"]);
        Assert.Equal("testing", resource["deployment.environment.name"]);
        Assert.NotEqual("", unnamed.Recorder.Spans.Resource["service.name"]);
        Assert.NotEqual(resource["service.instance.id"], unnamed.Recorder.Spans.Resource["service.instance.id"]);
    }
}
