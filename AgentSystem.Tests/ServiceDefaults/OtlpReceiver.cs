using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentSystem.Tests.ServiceDefaults;

/// <summary>Takes OTLP over HTTP and keeps what it was sent.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Export> _exports = [];

    private OtlpReceiver(WebApplication app) => _app = app;

    internal string Url => _app.Urls.Single();

    /// <summary>What makes a service send here, by the standard variables.</summary>
    internal Dictionary<string, string?> Configuration => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Url,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_EXPORTER_OTLP_HEADERS"] = "x-otlp-api-key=secret",
        ["OTEL_SERVICE_NAME"] = "marie",
        ["OTEL_RESOURCE_ATTRIBUTES"] = "service.instance.id=marie-1,deployment.environment.name=lab",
    };

    internal IReadOnlyList<Export> At(string path) => [.. _exports.Where(e => e.Path == path)];

    internal static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var receiver = new OtlpReceiver(app);
        app.MapPost("/v1/{signal}", async (HttpContext context) =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            // Strings are plain UTF-8 in protobuf: enough to look for them.
            receiver._exports.Enqueue(new(
                context.Request.Path, context.Request.Headers["x-otlp-api-key"].ToString(), Encoding.Latin1.GetString(body.ToArray())));
            context.Response.ContentType = "application/x-protobuf";
        });
        await app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    internal sealed record Export(string Path, string ApiKey, string Body);
}
