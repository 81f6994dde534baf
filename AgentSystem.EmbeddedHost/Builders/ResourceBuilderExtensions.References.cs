using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Execution;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Tells the resource all addresses of another one, by the names of service discovery. It does not wait for it.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where TDestination : IResourceWithEnvironment
    {
        ServiceDiscovery.Refer(builder, source.Resource);
        return builder;
    }

    /// <summary>As without a name, but under this one.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source, string name)
        where TDestination : IResourceWithEnvironment
    {
        ServiceDiscovery.Refer(builder, source.Resource, name: name);
        return builder;
    }

    /// <summary>Tells the resource one address of another one.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, EndpointReference endpointReference)
        where TDestination : IResourceWithEnvironment
    {
        ServiceDiscovery.Refer(builder, endpointReference.Resource, endpointReference.EndpointName);
        return builder;
    }

    /// <summary>Tells the resource the address of something that is not part of the application.</summary>
    /// <exception cref="InvalidOperationException">The address is relative, or has a query or a fragment.</exception>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, string name, Uri uri)
        where TDestination : IResourceWithEnvironment =>
        uri is not { IsAbsoluteUri: true, Query: "", Fragment: "" }
            ? throw new InvalidOperationException($"'{builder.Resource.Name}' cannot refer to '{name}' as {uri}: the address has to be absolute and without query and fragment.")
            : builder.WithEnvironment($"services__{name}__default__0", uri.ToString()).WithEnvironment(ServiceDiscovery.Encode(name), uri.ToString());
}
