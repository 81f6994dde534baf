using System.Text.Json;
using AgentSystem.ServiceDefaults.Instrumentation;
using AgentSystem.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace AgentSystem.Tests.ServiceDefaults;

public sealed partial class LoggingTests
{
    [Fact]
    public async Task A_line_is_one_JSON_object_with_the_ids_of_its_trace()
    {
        await using var service = await TestService.StartAsync(map: Map);
        using var response = await service.SendAsync("/log", key: TestService.Key);
        var line = Format(service, "Read");

        Assert.Equal("Read a\nb.md with 3 pages", line.GetProperty("message").GetString());
        Assert.Equal("warning", line.GetProperty("level").GetString());
        Assert.Equal(typeof(LoggingTests).FullName, line.GetProperty("logger").GetString());
        Assert.Equal("marie", line.GetProperty("service").GetString());
        Assert.Equal("marie-1", line.GetProperty("instance").GetString());
        Assert.EndsWith("Z", line.GetProperty("timestamp").GetString(), StringComparison.Ordinal);
        Assert.Equal(32, line.GetProperty("trace_id").GetString()!.Length);
        Assert.Equal(16, line.GetProperty("span_id").GetString()!.Length);
        Assert.Equal(line.GetProperty("trace_id").GetString(), line.GetProperty("correlation_id").GetString());
        Assert.Equal(3, line.GetProperty("Pages").GetInt32());
        Assert.Contains("too many", line.GetProperty("exception").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_property_cannot_pass_itself_off_as_a_field()
    {
        await using var service = await TestService.StartAsync(map: Map);
        using var response = await service.SendAsync("/log", key: TestService.Key);
        var line = Format(service, "Read");
        Assert.Equal(line.EnumerateObject().Select(p => p.Name).Distinct(), line.EnumerateObject().Select(p => p.Name));
        Assert.NotEqual("forged", line.GetProperty("service").GetString());
    }

    private static JsonElement Format(TestService service, string message)
    {
        var logEvent = service.Recorder.Lines.Single(l => l.MessageTemplate.Text.StartsWith(message, StringComparison.Ordinal));
        using var text = new StringWriter();
        new JsonLogFormatter(new ServiceIdentity("marie", "marie-1", "lab")).Format(logEvent, text);
        var lines = text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return JsonDocument.Parse(Assert.Single(lines)).RootElement;
    }

    private static void Map(WebApplication app) => app.MapGet("/log", (ILogger<LoggingTests> logger) =>
    {
        using var context = logger.WithContext(("service", "forged"), ("trace_id", "forged"));
        LogRead(logger, "a\nb.md", 3, new InvalidOperationException("too many"));
    });

    [LoggerMessage(Level = LogLevel.Warning, Message = "Read {Document} with {Pages} pages")]
    private static partial void LogRead(ILogger logger, string document, int pages, Exception exception);
}
