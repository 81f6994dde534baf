using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Testing;

/// <summary>Reaches the resources of an application under test.</summary>
public static class DistributedApplicationHostingTestingExtensions
{
    public static HttpClient CreateHttpClient(this DistributedApplication app, string resourceName, string? endpointName = default) =>
        new() { BaseAddress = app.GetEndpoint(resourceName, endpointName) };

    public static Uri GetEndpoint(this DistributedApplication app, string resourceName, string? endpointName = default)
    {
        var resource = app.Services.GetRequiredService<DistributedApplicationModel>().Resources.OfType<IResourceWithEndpoints>().FirstOrDefault(r => r.Name == resourceName)
            ?? throw new ArgumentException($"There is no resource with endpoints named '{resourceName}'.", nameof(resourceName));
        var endpoint = endpointName is not null ? resource.GetEndpoint(endpointName) : resource.GetEndpoints().OrderBy(e => e.EndpointName is "https" ? 0 : e.EndpointName is "http" ? 1 : 2).FirstOrDefault();
        return endpoint is { Exists: true } ? new Uri(endpoint.Url) : throw new ArgumentException($"'{resourceName}' has no endpoint '{endpointName}'.", nameof(endpointName));
    }
}
