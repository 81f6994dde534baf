using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Execution;

/// <summary>The ports that the replicas of a resource listen on for one endpoint.</summary>
internal sealed record TargetPorts(string Endpoint, IReadOnlyList<int> Ports) : IResourceAnnotation;

/// <summary>Gives each endpoint its public address and each replica its own port behind it.</summary>
internal static class EndpointAllocation
{
    // What was handed out once in this process is not handed out again, as its taker may not listen yet.
    private static readonly ConcurrentDictionary<int, bool> Given = new();

    /// <summary>Stands for a replica's own port until it is launched.</summary>
    public static string Expression(string endpoint) => $"{{{{port:{endpoint}}}}}";

    /// <summary>Allocates all endpoints of a resource and returns the proxies that listen for them.</summary>
    /// <exception cref="DistributedApplicationException">A port is in use, or replicas would have to share one.</exception>
    public static IEnumerable<TcpProxy> Allocate(IResourceWithEndpoints resource, bool randomize)
    {
        var replicas = resource.GetReplicaCount();
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>().ToArray())
        {
            if (replicas > 1 && !endpoint.IsProxied)
                throw new DistributedApplicationException(
                    $"'{resource.Name}' has {replicas} replicas, which cannot share the port of endpoint '{endpoint.Name}' without a proxy. Let the endpoint be proxied, or use one replica.");

            var wanted = randomize && endpoint.IsProxied ? null : endpoint.Port;
            var own = replicas == 1 ? endpoint.TargetPort : null;
            var proxied = resource is not ContainerResource && endpoint.IsProxied && (replicas > 1 || (wanted is not null && wanted != own));
            var port = wanted ?? own ?? Free();
            if (resource is not ContainerResource && !IsFree(port))
                throw new DistributedApplicationException(
                    $"Port {port.ToString(CultureInfo.InvariantCulture)} for endpoint '{endpoint.Name}' of '{resource.Name}' is in use. Stop what uses it, or give the endpoint another port or none.");

            int[] targets = proxied ? [.. Enumerable.Range(0, replicas).Select(_ => own ?? Free())] : [port];
            endpoint.AllocatedEndpoint = new(endpoint, "localhost", port, Expression(endpoint.Name));
            resource.Annotations.Add(new TargetPorts(endpoint.Name, targets));
            if (proxied)
                yield return new TcpProxy(port, targets);
        }
    }

    private static int Free()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var port = ((IPEndPoint)listener.LocalEndpoint).Port;
            if (Given.TryAdd(port, true))
                return port;
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
