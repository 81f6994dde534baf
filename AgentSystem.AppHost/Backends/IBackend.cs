namespace AgentSystem.AppHost.Backends;

/// <summary>A program of somebody else's that the system uses, in the form that suits the machine.</summary>
internal interface IBackend : IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport, IComputeResource
{
    /// <summary>Where this backend finds the folder that a container has at <paramref name="containerPath"/>.</summary>
    string PathOf(string containerPath);
}

/// <summary>A backend in its official image.</summary>
internal sealed class ContainerBackend(string name) : ContainerResource(name), IBackend
{
    public string PathOf(string containerPath) => containerPath;
}

/// <summary>A backend as a program of this machine, which listens on loopback only.</summary>
internal sealed class NativeBackend(string name, string command, string workingDirectory) : ExecutableResource(name, command, workingDirectory), IBackend
{
    /// <summary>Whether it is left out because the telemetry store does its work.</summary>
    public bool HasStandIn { get; init; }

    /// <summary>The machine's folders, by the path at which a container would have them.</summary>
    public IDictionary<string, string> Folders { get; } = new Dictionary<string, string>();

    public string PathOf(string containerPath) => Folders[containerPath];
}

/// <summary>The port that an endpoint has inside the published container; natively it gets a free one, since several programs share a machine.</summary>
internal sealed record PublishedPort(string EndpointName, int Port) : IResourceAnnotation;

/// <summary>The request that says whether a resource is healthy.</summary>
internal sealed record HealthRequest(string EndpointName, string Path) : IResourceAnnotation;

internal static class PublishedPorts
{
    /// <summary>The port of an endpoint inside the published container.</summary>
    public static int Of(IResource resource, string endpointName) =>
        resource.Annotations.OfType<PublishedPort>().FirstOrDefault(port => port.EndpointName == endpointName)?.Port ?? ServiceExtensions.PublishedPort;
}
