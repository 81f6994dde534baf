using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Execution;

namespace Aspire.Hosting.Publishing;

/// <summary>Gives a project what it has only where it is deployed: the endpoints of a web application, and the variables by which it listens on them.</summary>
internal static class PublishedProject
{
    public static IResourceBuilder<ProjectResource> Apply(IResourceBuilder<ProjectResource> project, string projectPath, ProjectResourceOptions options)
    {
        var profile = LaunchProfiles.Choose(project, projectPath, options)?.Profile;
        var kestrel = KestrelSettings.Of(projectPath);
        // Made below; the deployment ends TLS in front of it, so the program does not listen there.
        EndpointAnnotation? defaultHttps = null;
        IEnumerable<EndpointReference> Listening() => AspNetCoreEndpoints.Of(project.Resource).Where(endpoint => endpoint.EndpointAnnotation != defaultHttps);

        project.WithEnvironment(context =>
        {
            if (project.Resource.GetEndpoints().Any())
                context.EnvironmentVariables["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true";
        });
        kestrel.AddEndpoints(project);
        project.WithEnvironment(context =>
        {
            if (kestrel.HasEndpoints)
            {
                NameAddresses(context.EnvironmentVariables);
                return;
            }

            NamePorts("HTTP_PORTS", "http", context.EnvironmentVariables);
            NamePorts("HTTPS_PORTS", "https", context.EnvironmentVariables);
        });
        if (profile?.ApplicationUrl is null && !kestrel.HasEndpoints)
            return project;
        var http = GetOrAdd("http", _ => { });
        var https = GetOrAdd("https", added => defaultHttps = added);
        http.TargetPort = https.TargetPort = http.TargetPort ?? https.TargetPort;
        return project;

        // Kestrel's own settings win over every other, so they have to name every endpoint.
        void NameAddresses(Dictionary<string, object> variables)
        {
            foreach (var endpoint in Listening())
                variables[$"Kestrel__Endpoints__{endpoint.EndpointName}__Url"] = ReferenceExpression.Create($"{endpoint.Scheme}://*:{endpoint.Property(EndpointProperty.TargetPort)}");
        }

        void NamePorts(string variable, string scheme, Dictionary<string, object> variables)
        {
            var ports = new ReferenceExpression.ExpressionInterpolatedStringHandler(0, 0);
            var isFirst = true;
            foreach (var endpoint in Listening().Where(endpoint => endpoint.Scheme == scheme))
            {
                ports.AppendLiteral(isFirst ? "" : ";");
                ports.AppendFormatted(endpoint.Property(EndpointProperty.TargetPort));
                isFirst = false;
            }

            if (!isFirst)
                variables.TryAdd(variable, ReferenceExpression.Create(ports));
        }

        EndpointAnnotation GetOrAdd(string scheme, Action<EndpointAnnotation> onAdded)
        {
            EndpointAnnotation? Find() => project.Resource.Annotations.OfType<EndpointAnnotation>()
                .FirstOrDefault(endpoint => endpoint.UriScheme == scheme || string.Equals(endpoint.Name, scheme, StringComparison.OrdinalIgnoreCase));
            if (Find() is { } known)
                return known;
            project.WithEndpoint(scheme, endpoint =>
            {
                endpoint.UriScheme = scheme;
                kestrel.SetTransport(endpoint);
                onAdded(endpoint);
            });
            return Find()!;
        }
    }
}
