using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Publishing;

/// <summary>
/// Settles the ports of a published application's endpoints, each number given out once in the whole document. A project's first endpoint of http
/// and of https has none of its own: where it listens there is up to the deployment.
/// </summary>
internal sealed class BindingPorts
{
    private const int First = 8000;

    private readonly HashSet<int> _used = [];

    /// <summary>For each endpoint the port that was asked for, and the one that the program listens on.</summary>
    public IEnumerable<(EndpointAnnotation Endpoint, int? Port, int? TargetPort)> Assign(IResource resource)
    {
        var defaults = new HashSet<string>();
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
        {
            var port = NonZero(endpoint.Port);
            var isDefault = resource is ProjectResource && endpoint.UriScheme is "http" or "https" && defaults.Add(endpoint.UriScheme);
            var target = NonZero(endpoint.TargetPort) ?? resource switch
            {
                ContainerResource when port is not null => port,
                ProjectResource when isDefault => null,
                _ => Enumerable.Range(First, ushort.MaxValue - First).First(free => !_used.Contains(free)),
            };
            _used.UnionWith(((int?[])[port, target]).OfType<int>());
            yield return (endpoint, port, target);
        }
    }

    // Asking for port 0 is asking for any.
    private static int? NonZero(int? port) => port is 0 ? null : port;
}
