using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace AgentSystem.Tests.ServiceDefaults;

/// <summary>Takes OTLP over HTTP or gRPC and keeps what it was sent.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    /// <summary>The key that comes with every export: with what has a meaning of its own in the variable. No comma: the SDK splits after it has decoded.</summary>
    internal const string Secret = "se=cr;et% \"1\"";

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Export> _exports = [];

    private readonly string _protocol;

    private OtlpReceiver(WebApplication app, string protocol) => (_app, _protocol) = (app, protocol);

    internal string Url => _app.Urls.Single();

    /// <summary>What makes a service send here, by the standard variables.</summary>
    internal Dictionary<string, string?> Configuration => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Url,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = _protocol,
        ["OTEL_EXPORTER_OTLP_HEADERS"] = "x-otlp-api-key=" + Uri.EscapeDataString(Secret),
        ["OTEL_SERVICE_NAME"] = "marie",
        ["OTEL_RESOURCE_ATTRIBUTES"] = "service.instance.id=marie-1,deployment.environment.name=lab",
    };

    /// <summary>The exports of one signal: <c>trace</c>, <c>metrics</c> or <c>logs</c>, by either protocol's path.</summary>
    internal IReadOnlyList<Export> Of(string signal) =>
        [.. _exports.Where(e => e.Path.StartsWith($"/v1/{signal}", StringComparison.Ordinal) || e.Path.Contains($".{signal}.v1.", StringComparison.Ordinal))];

    internal static async Task<OtlpReceiver> StartAsync(string protocol = "http/protobuf")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, 0, listen => listen.Protocols = protocol == "grpc" ? HttpProtocols.Http2 : HttpProtocols.Http1));
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var receiver = new OtlpReceiver(app, protocol);
        app.MapPost("/{**path}", async (HttpContext context) =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            // Strings are plain UTF-8 in protobuf: enough to look for them.
            receiver._exports.Enqueue(new(
                context.Request.Path, context.Request.Headers["x-otlp-api-key"].ToString(), Encoding.Latin1.GetString(body.ToArray())));
            if (protocol != "grpc")
            {
                context.Response.ContentType = "application/x-protobuf";
                return;
            }
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(new byte[5]); // an empty message: not compressed, of length 0
            context.Response.AppendTrailer("grpc-status", "0");
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
