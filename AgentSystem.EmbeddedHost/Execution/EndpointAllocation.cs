using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Execution;

/// <summary>The ports that the replicas of a resource listen on for one endpoint.</summary>
internal sealed record TargetPorts(string Endpoint, IReadOnlyList<int> Ports) : IResourceAnnotation;

/// <summary>
/// Gives each endpoint its public address and each replica its own port behind it. A proxied endpoint has a proxy between both, always: that way
/// the public address is there as long as the host is, whatever becomes of the processes.
/// </summary>
internal static class EndpointAllocation
{
    // What was handed out once in this process is not handed out again, as its taker may not listen yet.
    private static readonly ConcurrentDictionary<int, bool> Given = new();

    /// <summary>Stands for a replica's own port until it is launched.</summary>
    public static string Expression(string endpoint) => $"{{{{port:{endpoint}}}}}";

    /// <summary>Allocates all endpoints of a resource and returns the proxies that listen for them.</summary>
    /// <exception cref="InvalidOperationException">The ports contradict each other, or replicas would have to share one.</exception>
    /// <exception cref="DistributedApplicationException">A port is in use.</exception>
    public static IEnumerable<TcpProxy> Allocate(IResourceWithEndpoints resource, bool randomize)
    {
        var replicas = resource.GetReplicaCount();
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>().ToArray())
        {
            if (resource is ContainerResource)
            {
                if (Fixed(endpoint.TargetPort) is null)
                    throw Invalid(resource, endpoint, "is a container's and needs a targetPort, the one that the program in it listens on.");
                endpoint.AllocatedEndpoint = new(endpoint, "localhost", randomize && endpoint.IsProxied ? Free() : Fixed(endpoint.Port) ?? Free(), Invariant(endpoint.TargetPort));
            }
            else if (endpoint.IsProxied && endpoint.Protocol == ProtocolType.Tcp)
            {
                yield return Proxy(resource, endpoint, replicas, randomize);
            }
            else
            {
                Share(resource, endpoint, replicas);
            }
        }
    }

    private static TcpProxy Proxy(IResourceWithEndpoints resource, EndpointAnnotation endpoint, int replicas, bool randomize)
    {
        var (port, target) = (Fixed(endpoint.Port), Fixed(endpoint.TargetPort));
        if (port is not null && port == target)
            throw Invalid(resource, endpoint, "has the same port and targetPort, which a proxy and the program cannot both listen on. Name one of them, or use isProxied: false.");
        if (replicas > 1 && target is not null)
            throw Invalid(resource, endpoint, $"has a targetPort, which {replicas} replicas cannot share. Leave it out.");

        int[] targets = [.. Enumerable.Range(0, replicas).Select(_ => target ?? Free())];
        var @public = (randomize ? null : port) ?? Free();
        try
        {
            var proxy = new TcpProxy(Address(endpoint.TargetHost), @public, targets);
            Publish(resource, endpoint, @public, targets);
            return proxy;
        }
        catch (SocketException e)
        {
            throw InUse(resource, endpoint, @public, e);
        }
    }

    /// <summary>Without a proxy, what others use is what the program listens on.</summary>
    private static void Share(IResourceWithEndpoints resource, EndpointAnnotation endpoint, int replicas)
    {
        if (replicas > 1)
            throw Invalid(resource, endpoint, $"has no proxy, and {replicas} replicas cannot share its port. Let it be proxied, or use one replica.");
        if (endpoint.Port != endpoint.TargetPort)
            throw Invalid(resource, endpoint, "has no proxy, so port and targetPort have to be the same.");
        var port = Fixed(endpoint.Port) ?? Free();
        if (endpoint.Protocol == ProtocolType.Tcp && !IsFree(port))
            throw InUse(resource, endpoint, port, null);
        endpoint.Port = endpoint.TargetPort = port;
        Publish(resource, endpoint, port, [port]);
    }

    private static void Publish(IResourceWithEndpoints resource, EndpointAnnotation endpoint, int port, IReadOnlyList<int> targets)
    {
        endpoint.AllocatedEndpoint = new(endpoint, IsEverywhere(endpoint.TargetHost) ? "localhost" : endpoint.TargetHost, port, Expression(endpoint.Name));
        resource.Annotations.Add(new TargetPorts(endpoint.Name, targets));
    }

    /// <summary>0 asks for any port, as null does.</summary>
    private static int? Fixed(int? port) => port is 0 ? null : port;

    private static bool IsEverywhere(string host) => host is "0.0.0.0" or "::" or "[::]" or "*" or "+";

    private static IPAddress Address(string host) =>
        IsEverywhere(host) ? IPAddress.Any : IPAddress.TryParse(host, out var address) ? address : IPAddress.Loopback;

    private static string? Invariant(int? port) => port?.ToString(CultureInfo.InvariantCulture);

    private static InvalidOperationException Invalid(IResource resource, EndpointAnnotation endpoint, string what) =>
        new($"Endpoint '{endpoint.Name}' of '{resource.Name}' {what}");

    private static DistributedApplicationException InUse(IResource resource, EndpointAnnotation endpoint, int port, Exception? inner) => new(
        $"Port {Invariant(port)} for endpoint '{endpoint.Name}' of '{resource.Name}' is in use. Stop what uses it, or give the endpoint another port or none.", inner!);

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
