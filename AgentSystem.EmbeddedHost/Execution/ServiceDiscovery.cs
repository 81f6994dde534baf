using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Execution;

/// <summary>Which endpoints of another resource a resource refers to. All references to the same one are told together.</summary>
internal sealed class EndpointReferenceAnnotation(IResourceWithEndpoints resource) : IResourceAnnotation
{
    public IResourceWithEndpoints Resource => resource;

    /// <summary>Whether all endpoints are meant, those left out that say so themselves.</summary>
    public bool UseAllEndpoints { get; set; }

    public HashSet<string> EndpointNames { get; } = new(StringComparer.OrdinalIgnoreCase);

    public bool Includes(EndpointReference endpoint) =>
        EndpointNames.Contains(endpoint.EndpointName) || (UseAllEndpoints && !endpoint.EndpointAnnotation.ExcludeReferenceEndpoint);
}

/// <summary>How a resource is told the addresses of another one: by the keys of .NET's service discovery, and by a plain name.</summary>
internal static class ServiceDiscovery
{
    public static void Refer<T>(IResourceBuilder<T> builder, IResourceWithEndpoints source, string? endpointName = null, string? name = null) where T : IResourceWithEnvironment
    {
        var reference = builder.Resource.Annotations.OfType<EndpointReferenceAnnotation>().SingleOrDefault(reference => reference.Resource == source);
        if (reference is null)
        {
            reference = new EndpointReferenceAnnotation(source);
            builder.WithAnnotation(reference).WithEnvironment(context => Describe(reference, name, context.EnvironmentVariables));
        }

        if (endpointName is null)
            reference.UseAllEndpoints = true;
        else
            reference.EndpointNames.Add(endpointName);
        builder.WithReferenceRelationship(source);
    }

    /// <summary>The text as it can be part of a variable's name.</summary>
    public static string Encode(string name) =>
        (char.IsAsciiDigit(name.FirstOrDefault()) ? "_" : "") + string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));

    private static void Describe(EndpointReferenceAnnotation reference, string? name, Dictionary<string, object> variables)
    {
        var service = name ?? reference.Resource.Name;
        // A name that was given keeps its case, a resource's does not.
        var prefix = Encode(name ?? service.ToUpperInvariant());
        foreach (var endpoint in reference.Resource.GetEndpoints().Where(reference.Includes))
        {
            variables[$"{prefix}_{Encode(endpoint.EndpointName).ToUpperInvariant()}"] = endpoint;

            // An endpoint named http may have become https: the key follows what it speaks.
            var key = endpoint.IsHttpSchemeNamedEndpoint ? endpoint.Scheme : endpoint.EndpointName;
            var index = 0;
            while (!variables.TryAdd($"services__{service}__{key}__{index}", endpoint))
                index++;
        }
    }
}
