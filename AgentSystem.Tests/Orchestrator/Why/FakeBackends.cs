using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using AgentSystem.Protocol.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentSystem.Tests.Orchestrator.Why;

/// <summary>
/// Jaeger 2 and Loki 3.7 on one socket, as far as explanations ask them, answering in their real shapes. A test may put
/// <see cref="Instead"/> of every answer what goes wrong.
/// </summary>
internal sealed class FakeBackends : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<FakeSpan> _spans = new();
    private readonly ConcurrentQueue<FakeLine> _lines = new();

    private FakeBackends()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Use((context, next) =>
        {
            Requests.Enqueue(context.Request.Path + context.Request.QueryString);
            Keys.Enqueue(context.Request.Headers[ConnectionFile.ApiKeyHeader].ToString());
            return Instead is { } instead ? instead(context) : next(context);
        });
        _app.MapGet("/api/traces/{id}", Trace);
        _app.MapGet("/api/traces", Search);
        _app.MapGet("/loki/api/v1/query_range", QueryRange);
    }

    internal string Url => _app.Urls.Single();

    internal ConcurrentQueue<string> Requests { get; } = new();

    internal ConcurrentQueue<string> Keys { get; } = new();

    internal Func<HttpContext, Task>? Instead { get; set; }

    internal static async Task<FakeBackends> StartAsync()
    {
        var fake = new FakeBackends();
        await fake._app.StartAsync();
        return fake;
    }

    internal void Add(FakeSpan span) => _spans.Enqueue(span);

    internal void Add(FakeLine line) => _lines.Enqueue(line);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IResult Trace(string id) => _spans.Any(s => s.TraceId == id)
        ? Answer([id])
        : Results.Json(new { data = (object?)null, total = 0, limit = 0, offset = 0, errors = new[] { new { code = 404, msg = "trace not found" } } }, statusCode: 404);

    private IResult Search(HttpRequest request)
    {
        if (request.Query["service"].ToString() is not { Length: > 0 } service)
            return Results.Json(new { data = (object?)null, errors = new[] { new { code = 400, msg = "parameter 'service' is required" } } }, statusCode: 400);
        var tags = JsonSerializer.Deserialize<Dictionary<string, string>>(request.Query["tags"].ToString())!;
        var (from, to) = (Number(request.Query["start"]!), Number(request.Query["end"]!));
        return Answer(_spans
            .Where(s => s.Service == service && tags.All(t => s.Tags.GetValueOrDefault(t.Key)?.ToString() == t.Value) && Micros(s.Start) >= from && Micros(s.Start) <= to)
            .Select(s => s.TraceId).Distinct());
    }

    private IResult Answer(IEnumerable<string> traceIds) => Results.Json(new
    {
        data = traceIds.Select(id =>
        {
            var spans = _spans.Where(s => s.TraceId == id).ToList();
            var services = spans.Select(s => s.Service).Distinct().ToList();
            return new
            {
                traceID = id,
                spans = spans.Select(s => new
                {
                    traceID = id,
                    spanID = s.SpanId,
                    operationName = s.Name,
                    references = s.ParentId is null ? [] : new[] { new { refType = "CHILD_OF", traceID = id, spanID = s.ParentId } },
                    startTime = Micros(s.Start),
                    duration = (long)s.Duration.TotalMicroseconds,
                    tags = s.Tags.Select(t => new { key = t.Key, type = t.Value switch { int => "int64", double => "float64", bool => "bool", _ => "string" }, value = t.Value }),
                    logs = Array.Empty<object>(),
                    processID = $"p{services.IndexOf(s.Service) + 1}",
                    warnings = (object?)null,
                }),
                processes = services.Select((name, i) => (Key: $"p{i + 1}", name)).ToDictionary(p => p.Key, p => new { serviceName = p.name, tags = Array.Empty<object>() }),
                warnings = (object?)null,
            };
        }),
        total = 0,
        limit = 0,
        offset = 0,
        errors = (object?)null,
    });

    private IResult QueryRange(HttpRequest request)
    {
        var query = request.Query["query"].ToString();
        var (from, to) = (Number(request.Query["start"]!), Number(request.Query["end"]!));
        return Results.Json(new
        {
            status = "success",
            data = new
            {
                resultType = "streams",
                result = _lines
                    .Where(l => Nanos(l.At) >= from && Nanos(l.At) < to && query.Contains($"=\"{l.Labels["trace_id"]}\"", StringComparison.Ordinal)
                        && query.Contains(l.Labels["detected_level"], StringComparison.Ordinal))
                    .Select(l => new { stream = l.Labels, values = new[] { new[] { Nanos(l.At).ToString(CultureInfo.InvariantCulture), l.Text } } }),
                stats = new { },
            },
        });
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static long Micros(DateTimeOffset at) => (at - DateTimeOffset.UnixEpoch).Ticks / 10;

    private static long Nanos(DateTimeOffset at) => (at - DateTimeOffset.UnixEpoch).Ticks * 100;
}

internal sealed record FakeSpan(
    string TraceId, string SpanId, string? ParentId, string Name, string Service, DateTimeOffset Start, TimeSpan Duration, Dictionary<string, object> Tags);

internal sealed record FakeLine(DateTimeOffset At, string Text, Dictionary<string, string> Labels);
