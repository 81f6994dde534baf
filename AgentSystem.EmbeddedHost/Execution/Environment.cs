using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Execution;

internal static class ServiceDiscovery
{
    /// <summary>What a resource that refers to another one is told about its address.</summary>
    public static void Describe(EndpointReference endpoint, string service, Dictionary<string, object> variables)
    {
        var key = endpoint.EndpointName is "http" or "https" ? endpoint.Scheme : endpoint.EndpointName;
        variables[$"services__{service}__{key}__0"] = endpoint;
        variables[$"{service.ToUpperInvariant().Replace('-', '_')}_{endpoint.EndpointName.ToUpperInvariant().Replace('-', '_')}"] = endpoint;
    }
}

internal static class Telemetry
{
    /// <summary>Replaced by each process's own identity when it is launched.</summary>
    public const string InstanceId = "{{instance-id}}";

    /// <summary>OTEL_* as Aspire sets them. Without an endpoint in the configuration none is named: this engine has no dashboard to fall back to.</summary>
    public static Action<EnvironmentCallbackContext> Describe(IConfiguration configuration, IHostEnvironment environment) => context =>
    {
        var variables = context.EnvironmentVariables;
        var grpc = configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] ?? configuration["DOTNET_DASHBOARD_OTLP_ENDPOINT_URL"];
        var http = configuration["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] ?? configuration["DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"];
        if ((grpc ?? http) is { } endpoint)
        {
            variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint;
            variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = grpc is null ? "http/protobuf" : "grpc";
        }

        variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={InstanceId}";
        variables["OTEL_SERVICE_NAME"] = context.Resource.Name;
        if (configuration["AppHost:OtlpApiKey"] is { } key)
            variables["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={key}";
        variables["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory";
        if (!environment.IsDevelopment())
            return;
        variables["OTEL_BLRP_SCHEDULE_DELAY"] = "1000";
        variables["OTEL_BSP_SCHEDULE_DELAY"] = "1000";
        variables["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
        variables["OTEL_TRACES_SAMPLER"] = "always_on";
        variables["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
    };
}

internal static class LaunchProfiles
{
    public static IResourceBuilder<ProjectResource> Apply(IResourceBuilder<ProjectResource> project, string projectPath, ProjectResourceOptions options)
    {
        var file = Path.Combine(Path.GetDirectoryName(projectPath)!, "Properties", "launchSettings.json");
        if (options.ExcludeLaunchProfile || !File.Exists(file))
            return project;
        using var settings = JsonDocument.Parse(File.ReadAllText(file), new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var profiles = settings.RootElement.GetProperty("profiles").EnumerateObject()
            .Where(p => p.Value.TryGetProperty("commandName", out var command) && command.GetString() == "Project").ToArray();
        var profile = options.LaunchProfileName is { } name ? profiles.FirstOrDefault(p => p.Name == name) : profiles.FirstOrDefault();
        if (profile.Value.ValueKind != JsonValueKind.Object)
        {
            return options.LaunchProfileName is null ? project : throw new DistributedApplicationException(
                $"'{project.Resource.Name}' has no launch profile '{options.LaunchProfileName}'. {file} has: {string.Join(", ", profiles.Select(p => p.Name))}.");
        }

        if (profile.Value.TryGetProperty("environmentVariables", out var variables))
        {
            foreach (var variable in variables.EnumerateObject())
                project.WithEnvironment(variable.Name, variable.Value.GetString());
        }

        if (profile.Value.TryGetProperty("applicationUrl", out var urls))
        {
            foreach (var url in urls.GetString()!.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(url => new Uri(url)))
                project.WithEndpoint(url.Port, scheme: url.Scheme, name: url.Scheme);
        }

        return project;
    }
}

/// <summary>Healthy when the endpoint answers with the expected status.</summary>
internal sealed class HttpHealthCheck(EndpointReference endpoint, string path, int statusCode) : IHealthCheck
{
    private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromSeconds(5) };

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!endpoint.IsAllocated)
            return HealthCheckResult.Unhealthy("It has no address yet.");
        var url = new Uri(new Uri(endpoint.Url), path);
        try
        {
            using var response = await Client.GetAsync(url, cancellationToken).ConfigureAwait(false);
            return (int)response.StatusCode == statusCode
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy($"{url} answered {(int)response.StatusCode}, not {statusCode}.");
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy($"{url} did not answer: {e.Message}");
        }
    }
}
