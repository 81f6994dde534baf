using Microsoft.Extensions.Hosting;

namespace AgentSystem.ServiceDefaults.Telemetry;

/// <summary>Who this process is in traces, logs and heartbeats.</summary>
/// <param name="Name"><c>service.name</c>: the same for all replicas; from <c>OTEL_SERVICE_NAME</c>, else the application's name.</param>
/// <param name="Instance"><c>service.instance.id</c>: different for each process.</param>
/// <param name="Environment"><c>deployment.environment.name</c>.</param>
public sealed record ServiceIdentity(string Name, string Instance, string Environment)
{
    /// <summary>The identity as OpenTelemetry resource attributes.</summary>
    public IReadOnlyDictionary<string, object> Attributes => new Dictionary<string, object>
    {
        ["service.name"] = Name,
        ["service.instance.id"] = Instance,
        ["deployment.environment.name"] = Environment,
    };

    /// <summary>Reads the standard variables <c>OTEL_SERVICE_NAME</c> and <c>OTEL_RESOURCE_ATTRIBUTES</c>.</summary>
    public static ServiceIdentity From(IHostApplicationBuilder builder)
    {
        var given = ParseAttributes(builder.Configuration["OTEL_RESOURCE_ATTRIBUTES"]);
        return new(
            NotBlank(builder.Configuration["OTEL_SERVICE_NAME"]) ?? given.GetValueOrDefault("service.name") ?? builder.Environment.ApplicationName,
            given.GetValueOrDefault("service.instance.id") ?? Guid.NewGuid().ToString("N"),
            given.GetValueOrDefault("deployment.environment.name") ?? builder.Environment.EnvironmentName.ToLowerInvariant());
    }

    // key1=value1,key2=value2 with percent-encoded values: https://opentelemetry.io/docs/specs/otel/resource/sdk/
    private static Dictionary<string, string> ParseAttributes(string? text)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
            if (pair.Split('=', 2, StringSplitOptions.TrimEntries) is [{ Length: > 0 } key, { Length: > 0 } value])
                attributes[key] = Uri.UnescapeDataString(value);
        return attributes;
    }

    private static string? NotBlank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
