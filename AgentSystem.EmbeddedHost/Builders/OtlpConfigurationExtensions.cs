using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Execution;

namespace Aspire.Hosting;

/// <summary>Lets resources send their telemetry.</summary>
public static class OtlpConfigurationExtensions
{
    /// <summary>Gives the resource the OTEL_* variables. Projects have them anyway.</summary>
    public static IResourceBuilder<T> WithOtlpExporter<T>(this IResourceBuilder<T> builder) where T : IResourceWithEnvironment =>
        builder.WithEnvironment(Telemetry.Exporter(builder.ApplicationBuilder.Configuration, builder.ApplicationBuilder.Environment));
}
