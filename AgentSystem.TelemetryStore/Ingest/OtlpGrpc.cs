using System.Buffers;
using AgentSystem.TelemetryStore.Telemetry;
using Grpc.AspNetCore.Server;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;

namespace AgentSystem.TelemetryStore.Ingest;

/// <summary>OTLP over gRPC. The messages pass as bytes: <see cref="OtlpIntake"/> reads them the same way for HTTP.</summary>
internal sealed class OtlpGrpc(OtlpIntake intake)
{
    private const string Details = "grpc-status-details-bin";

    // That the message was read at all: gRPC itself refuses one that is too long.
    private static readonly object Read = new();

    internal static bool IsRead(HttpContext context) => context.Items.ContainsKey(Read);

    internal async Task<byte[]> ExportAsync(Signal signal, ReadOnlyMemory<byte> request, ServerCallContext call)
    {
        call.GetHttpContext().Items[Read] = Read;
        try
        {
            return (await intake.TakeAsync(signal, Sources.OtlpGrpc, request, isJson: false)).Response();
        }
        catch (IntakeException e)
        {
            var trailers = new Metadata { { Details, RpcStatus.Binary((int)e.Code, e.Message, e.RetryAfter) } };
            throw new RpcException(new Status(e.Code, e.Message), trailers);
        }
    }
}

/// <summary>Counts what gRPC refuses before anybody of ours sees it.</summary>
internal static class OtlpGrpcRefusals
{
    internal static void CountWhatGrpcRefuses(this WebApplication app) => app.Use(async (context, next) =>
    {
        await next(context);
        if (context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>() is not { } method || OtlpGrpc.IsRead(context))
            return;
        var code = context.Response.Headers.GrpcStatus.ToString() is { Length: > 0 } early ? early : context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers.GrpcStatus.ToString();
        if (code == ((int)StatusCode.ResourceExhausted).ToString(System.Globalization.CultureInfo.InvariantCulture))
            context.RequestServices.GetRequiredService<OtlpIntake>().TooLarge(OtlpGrpcMethods.Services[method.Method.ServiceName], Sources.OtlpGrpc);
    });
}

/// <summary>Names the three services' methods to gRPC.</summary>
internal sealed class OtlpGrpcMethods : IServiceMethodProvider<OtlpGrpc>
{
    private static readonly Marshaller<OtlpGrpcRequest> Requests = new(
        (request, context) => context.Complete(request.Bytes.ToArray()),
        context => new OtlpGrpcRequest(context.PayloadAsReadOnlySequence().ToArray()));

    internal static readonly Dictionary<string, Signal> Services = new(StringComparer.Ordinal)
    {
        ["opentelemetry.proto.collector.trace.v1.TraceService"] = Signal.Traces,
        ["opentelemetry.proto.collector.logs.v1.LogsService"] = Signal.Logs,
        ["opentelemetry.proto.collector.metrics.v1.MetricsService"] = Signal.Metrics,
    };

    private static readonly Marshaller<byte[]> Responses = new((bytes, context) => context.Complete(bytes), context => context.PayloadAsNewBuffer());

    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<OtlpGrpc> context)
    {
        foreach (var (service, signal) in Services)
            context.AddUnaryMethod(
                new Method<OtlpGrpcRequest, byte[]>(MethodType.Unary, service, "Export", Requests, Responses),
                [],
                (grpc, request, call) => grpc.ExportAsync(signal, request.Bytes, call));
    }
}

/// <summary>A request's message; gRPC wants a class.</summary>
/// <param name="Bytes">Its bytes.</param>
internal sealed record OtlpGrpcRequest(ReadOnlyMemory<byte> Bytes);
