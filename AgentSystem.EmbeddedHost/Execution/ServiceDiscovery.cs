using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Execution;

internal static class ServiceDiscovery
{
    /// <summary>What a resource that refers to another one is told about its address.</summary>
    public static void Describe(EndpointReference endpoint, string service, Dictionary<string, object> variables)
    {
        var key = endpoint.EndpointName is "http" or "https" ? endpoint.Scheme : endpoint.EndpointName;
        variables[$"services__{service}__{key}__0"] = endpoint;
        variables[$"{Variable(service)}_{Variable(endpoint.EndpointName)}"] = endpoint;
    }

    private static string Variable(string name) => name.ToUpperInvariant().Replace('-', '_');
}
