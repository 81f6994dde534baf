namespace Aspire.Hosting.ApplicationModel;

/// <summary>The resource speaks HTTP/2 on all its HTTP endpoints.</summary>
internal sealed class Http2ServiceAnnotation : IResourceAnnotation
{
    /// <summary>Changes the endpoints once all are there.</summary>
    public static Task ApplyAsync(BeforeStartEvent started, CancellationToken cancellationToken)
    {
        foreach (var resource in started.Model.Resources.Where(resource => resource.HasAnnotationOfType<Http2ServiceAnnotation>()))
        {
            foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>().Where(endpoint => endpoint.UriScheme is "http" or "https"))
                endpoint.Transport = "http2";
        }

        return Task.CompletedTask;
    }
}
