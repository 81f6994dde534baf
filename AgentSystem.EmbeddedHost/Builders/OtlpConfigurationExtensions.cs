using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Execution;

namespace Aspire.Hosting;

/// <summary>How telemetry travels.</summary>
public enum OtlpProtocol
{
    /// <summary>OTLP over gRPC.</summary>
    Grpc,
    /// <summary>OTLP over HTTP, binary.</summary>
    HttpProtobuf,
    /// <summary>OTLP over HTTP, as JSON.</summary>
    HttpJson,
}

/// <summary>Lets resources send their telemetry.</summary>
public static class OtlpConfigurationExtensions
{
    /// <summary>Gives the resource the OTEL_* variables. Projects have them anyway.</summary>
    public static IResourceBuilder<T> WithOtlpExporter<T>(this IResourceBuilder<T> builder) where T : IResourceWithEnvironment => builder.Export(new());

    /// <summary>Gives the resource the OTEL_* variables for one way of travelling.</summary>
    public static IResourceBuilder<T> WithOtlpExporter<T>(this IResourceBuilder<T> builder, OtlpProtocol protocol) where T : IResourceWithEnvironment =>
        builder.Export(new() { RequiredProtocol = protocol });

    private static IResourceBuilder<T> Export<T>(this IResourceBuilder<T> builder, OtlpExporterAnnotation exporter) where T : IResourceWithEnvironment =>
        builder.WithAnnotation(exporter)
            .WithEnvironment(Telemetry.Exporter(builder.ApplicationBuilder.Configuration, builder.ApplicationBuilder.Environment));
}
