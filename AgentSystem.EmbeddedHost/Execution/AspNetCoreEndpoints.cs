using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Execution;

/// <summary>The endpoints that ASP.NET Core opens for a project; others, and those whose port the program is told in a variable of its own, are the program's affair.</summary>
internal static class AspNetCoreEndpoints
{
    public static IEnumerable<EndpointReference> Of(ProjectResource project) =>
        project.GetEndpoints().Where(endpoint => endpoint.EndpointAnnotation is { UriScheme: "http" or "https", TargetPortEnvironmentVariable: null });
}
