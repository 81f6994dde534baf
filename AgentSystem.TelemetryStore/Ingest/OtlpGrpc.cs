using System.Buffers;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;

namespace AgentSystem.TelemetryStore.Ingest;

/// <summary>OTLP over gRPC. The messages pass as bytes: <see cref="OtlpIntake"/> reads them the same way for HTTP.</summary>
internal sealed class OtlpGrpc(OtlpIntake intake)
{
    private const string Details = "grpc-status-details-bin";

    internal async Task<byte[]> ExportAsync(Signal signal, ReadOnlyMemory<byte> request)
    {
        try
        {
            return (await intake.TakeAsync(signal, request, isJson: false)).Response();
        }
        catch (IntakeException e)
        {
            var trailers = new Metadata { { Details, RpcStatus.Binary((int)e.Code, e.Message, e.RetryAfter) } };
            throw new RpcException(new Status(e.Code, e.Message), trailers);
        }
    }
}

/// <summary>Names the three services' methods to gRPC.</summary>
internal sealed class OtlpGrpcMethods : IServiceMethodProvider<OtlpGrpc>
{
    private static readonly Marshaller<OtlpGrpcRequest> Requests = new(
        (request, context) => context.Complete(request.Bytes.ToArray()),
        context => new OtlpGrpcRequest(context.PayloadAsReadOnlySequence().ToArray()));

    private static readonly Marshaller<byte[]> Responses = new((bytes, context) => context.Complete(bytes), context => context.PayloadAsNewBuffer());

    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<OtlpGrpc> context)
    {
        Add("opentelemetry.proto.collector.trace.v1.TraceService", Signal.Traces);
        Add("opentelemetry.proto.collector.logs.v1.LogsService", Signal.Logs);
        Add("opentelemetry.proto.collector.metrics.v1.MetricsService", Signal.Metrics);

        void Add(string service, Signal signal) => context.AddUnaryMethod(
            new Method<OtlpGrpcRequest, byte[]>(MethodType.Unary, service, "Export", Requests, Responses),
            [],
            (grpc, request, _) => grpc.ExportAsync(signal, request.Bytes));
    }
}

/// <summary>A request's message; gRPC wants a class.</summary>
/// <param name="Bytes">Its bytes.</param>
internal sealed record OtlpGrpcRequest(ReadOnlyMemory<byte> Bytes);
