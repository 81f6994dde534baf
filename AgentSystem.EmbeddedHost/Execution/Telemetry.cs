using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Execution;

/// <summary>The variables by which OpenTelemetry in a child process is set up.</summary>
internal static class Telemetry
{
    /// <summary>Replaced by each process's own identity when it is launched.</summary>
    public const string InstanceId = "{{instance-id}}";

    /// <summary>Where Aspire's dashboard takes OTLP unless it is told otherwise, whether there is a dashboard or not.</summary>
    private const string DefaultEndpoint = "http://localhost:18889";

    /// <summary>OTEL_* as Aspire sets them.</summary>
    public static Action<EnvironmentCallbackContext> Exporter(IConfiguration configuration, IHostEnvironment environment) => context =>
    {
        if (context.ExecutionContext.IsPublishMode || !context.Resource.TryGetLastAnnotation<OtlpExporterAnnotation>(out var exporter))
            return;
        var variables = context.EnvironmentVariables;
        (variables["OTEL_EXPORTER_OTLP_ENDPOINT"], variables["OTEL_EXPORTER_OTLP_PROTOCOL"]) = Endpoint(configuration, exporter.RequiredProtocol);
        variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={InstanceId}";
        variables["OTEL_SERVICE_NAME"] = context.Resource.Name;
        if (configuration["AppHost:OtlpApiKey"] is { } key)
            variables["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={key}";
        if (!environment.IsDevelopment())
            return;
        variables["OTEL_BLRP_SCHEDULE_DELAY"] = "1000";
        variables["OTEL_BSP_SCHEDULE_DELAY"] = "1000";
        variables["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
        variables["OTEL_TRACES_SAMPLER"] = "always_on";
        variables["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
        variables["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "true";
    };

    /// <summary>What a .NET project gets of OpenTelemetry's settings besides.</summary>
    public static Action<EnvironmentCallbackContext> Sdk(IHostEnvironment environment) => context =>
    {
        var variables = context.EnvironmentVariables;
        variables["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory";
        if (context.ExecutionContext.IsPublishMode || !environment.IsDevelopment())
            return;
        variables["OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION"] = "true";
        variables["OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION"] = "true";
    };

    /// <summary>The form of a .NET project's console.</summary>
    public static void Console(EnvironmentCallbackContext context)
    {
        if (context.ExecutionContext.IsPublishMode)
            return;
        context.EnvironmentVariables["DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION"] = "true";
        context.EnvironmentVariables["LOGGING__CONSOLE__FORMATTERNAME"] = "simple";
    }

    private static (string Url, string Protocol) Endpoint(IConfiguration configuration, OtlpProtocol? required)
    {
        var grpc = configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] ?? configuration["DOTNET_DASHBOARD_OTLP_ENDPOINT_URL"];
        var http = configuration["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] ?? configuration["DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"];
        return required switch
        {
            OtlpProtocol.HttpProtobuf => (http ?? throw NoHttp("http/protobuf"), "http/protobuf"),
            OtlpProtocol.HttpJson => (http ?? throw NoHttp("http/json"), "http/json"),
            null when grpc is null && http is not null => (http, "http/protobuf"),
            _ => (grpc ?? DefaultEndpoint, "grpc"),
        };

        static InvalidOperationException NoHttp(string protocol) => new(
            $"Telemetry has to travel by {protocol}, and no address takes that. Set ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL.");
    }
}
