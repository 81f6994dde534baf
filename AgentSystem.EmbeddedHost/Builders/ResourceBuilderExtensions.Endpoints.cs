using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Changes an endpoint, which is made when it is not there.</summary>
    /// <param name="builder">Whose endpoint it is.</param>
    /// <param name="endpointName">Its name, case apart.</param>
    /// <param name="callback">Is handed the endpoint.</param>
    /// <param name="createIfNotExists">False: nothing happens when there is none of the name.</param>
    public static IResourceBuilder<T> WithEndpoint<T>(
        this IResourceBuilder<T> builder, string endpointName, Action<EndpointAnnotation> callback, bool createIfNotExists = true) where T : IResourceWithEndpoints
    {
        var endpoint = new EndpointReference(builder.Resource, endpointName);
        if (endpoint.Exists)
        {
            callback(endpoint.EndpointAnnotation);
        }
        else if (createIfNotExists)
        {
            var made = new EndpointAnnotation(ProtocolType.Tcp, name: endpointName);
            callback(made);
            builder.WithAnnotation(made);
        }

        return builder;
    }

    /// <summary>Adds an address under which the resource is reached. One of the name that is there already is changed in what is not null here.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="port">The port that others use; null takes a free one.</param>
    /// <param name="targetPort">The port that the program listens on; null takes a free one.</param>
    /// <param name="scheme">How it is spoken to; tcp when null.</param>
    /// <param name="name">The scheme when null.</param>
    /// <param name="env">The environment variable in which the program is told its port.</param>
    /// <param name="isProxied">Whether a proxy may stand between both ports; true when null.</param>
    /// <param name="isExternal">Whether it is meant for people outside.</param>
    /// <param name="protocol">TCP when null.</param>
    public static IResourceBuilder<T> WithEndpoint<T>(
        this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? scheme = null, string? name = null, string? env = null,
        bool? isProxied = null, bool? isExternal = null, ProtocolType? protocol = null) where T : IResourceWithEndpoints
    {
        var endpoint = new EndpointAnnotation(protocol ?? ProtocolType.Tcp, scheme, null, name, port, targetPort, isExternal, isProxied);
        var known = new EndpointReference(builder.Resource, endpoint);
        if (known.Exists)
        {
            endpoint = known.EndpointAnnotation;
            (endpoint.Port, endpoint.TargetPort) = (port ?? endpoint.Port, targetPort ?? endpoint.TargetPort);
            (endpoint.IsExternal, endpoint.IsProxied) = (isExternal ?? endpoint.IsExternal, isProxied ?? endpoint.IsProxied);
        }
        else
        {
            builder.WithAnnotation(endpoint);
        }

        if (env is not null)
            TellPort(builder.Resource, endpoint, env);
        return builder;
    }

    private static void TellPort(IResourceWithEndpoints resource, EndpointAnnotation endpoint, string variable)
    {
        var isTold = endpoint.TargetPortEnvironmentVariable is not null;
        endpoint.TargetPortEnvironmentVariable = variable;
        if (isTold || resource is not IResourceWithEnvironment)
            return;
        resource.Annotations.Add(new EnvironmentCallbackAnnotation(context =>
            context.EnvironmentVariables[endpoint.TargetPortEnvironmentVariable] = new EndpointReference(resource, endpoint).Property(EndpointProperty.TargetPort)));
    }

    /// <summary>Adds an endpoint that speaks HTTP.</summary>
    public static IResourceBuilder<T> WithHttpEndpoint<T>(
        this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? name = null, string? env = null, bool? isProxied = null)
        where T : IResourceWithEndpoints => builder.WithEndpoint(port, targetPort, "http", name, env, isProxied);

    /// <summary>Adds an endpoint that speaks HTTPS.</summary>
    public static IResourceBuilder<T> WithHttpsEndpoint<T>(
        this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? name = null, string? env = null, bool? isProxied = null)
        where T : IResourceWithEndpoints => builder.WithEndpoint(port, targetPort, "https", name, env, isProxied);

    /// <summary>Marks the HTTP endpoints that are there as meant for people outside.</summary>
    public static IResourceBuilder<T> WithExternalHttpEndpoints<T>(this IResourceBuilder<T> builder) where T : IResourceWithEndpoints
    {
        foreach (var endpoint in builder.Resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.UriScheme is "http" or "https"))
            endpoint.IsExternal = true;
        return builder;
    }

    /// <summary>Refers to an endpoint, which may be added later.</summary>
    public static EndpointReference GetEndpoint<T>(this IResourceBuilder<T> builder, string name) where T : IResourceWithEndpoints => builder.Resource.GetEndpoint(name);

    /// <summary>Speaks HTTP/2 on all HTTP endpoints that are there.</summary>
    public static IResourceBuilder<T> AsHttp2Service<T>(this IResourceBuilder<T> builder) where T : IResourceWithEndpoints
    {
        foreach (var endpoint in builder.Resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.UriScheme is "http" or "https"))
            endpoint.Transport = "http2";
        return builder;
    }

    private static EndpointReference HttpEndpoint<T>(IResourceBuilder<T> builder) where T : IResourceWithEndpoints =>
        ((string[])["https", "http"]).Select(builder.GetEndpoint).FirstOrDefault(endpoint => endpoint.Exists)
            ?? throw new DistributedApplicationException($"'{builder.Resource.Name}' has no endpoint named https or http. Add one first, with WithHttpEndpoint, or name another.");
}
