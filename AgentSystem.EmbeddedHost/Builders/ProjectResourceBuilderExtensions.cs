using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Execution;
using Aspire.Hosting.Publishing;

namespace Aspire.Hosting;

/// <summary>Adds .NET projects.</summary>
public static class ProjectResourceBuilderExtensions
{
    /// <summary>Adds a project that the AppHost references, with its first launch profile.</summary>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name) where TProject : IProjectMetadata, new() =>
        builder.AddProject<TProject>(name, _ => { });

    /// <summary>Adds a project by the path of its file, which is relative to the AppHost's folder.</summary>
    public static IResourceBuilder<ProjectResource> AddProject(this IDistributedApplicationBuilder builder, string name, string projectPath) =>
        builder.AddProject(name, projectPath, _ => { });

    /// <summary>Adds a project with a launch profile of its own; null takes none.</summary>
    /// <exception cref="DistributedApplicationException">It has no such profile.</exception>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name, string? launchProfileName)
        where TProject : IProjectMetadata, new() => builder.AddProject<TProject>(name, Choose(launchProfileName));

    /// <inheritdoc cref="AddProject{TProject}(IDistributedApplicationBuilder, string, string?)"/>
    public static IResourceBuilder<ProjectResource> AddProject(this IDistributedApplicationBuilder builder, string name, string projectPath, string? launchProfileName) =>
        builder.AddProject(name, projectPath, Choose(launchProfileName));

    /// <summary>Adds a project that the AppHost references.</summary>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name, Action<ProjectResourceOptions> configure)
        where TProject : IProjectMetadata, new() => builder.Add(name, new TProject(), configure);

    /// <summary>Adds a project by the path of its file, which is relative to the AppHost's folder.</summary>
    public static IResourceBuilder<ProjectResource> AddProject(
        this IDistributedApplicationBuilder builder, string name, string projectPath, Action<ProjectResourceOptions> configure) =>
        builder.Add(name, new ProjectFile(Path.GetFullPath(projectPath, builder.AppHostDirectory)), configure);

    /// <summary>Runs the project several times behind one address.</summary>
    public static IResourceBuilder<ProjectResource> WithReplicas(this IResourceBuilder<ProjectResource> builder, int replicas) => builder.WithAnnotation(new ReplicaAnnotation(replicas));

    private static IResourceBuilder<ProjectResource> Add(this IDistributedApplicationBuilder builder, string name, IProjectMetadata project, Action<ProjectResourceOptions> configure)
    {
        var options = new ProjectResourceOptions();
        configure(options);
        var resource = builder.AddResource(new ProjectResource(name)).WithAnnotation(project)
            .WithEnvironment(Telemetry.Sdk(builder.Environment))
            .WithOtlpExporter()
            .WithEnvironment(Telemetry.Console);
        if (builder.ExecutionContext.IsPublishMode)
            return PublishedProject.Apply(resource, project.ProjectPath, options);
        // Before the launch profile, whose variables must not replace them.
        resource.WithEnvironment(context => Listen(resource.Resource, context.EnvironmentVariables));
        return LaunchProfiles.Apply(resource, project.ProjectPath, options);
    }

    /// <summary>Tells ASP.NET Core where to listen, and where a redirection to HTTPS leads.</summary>
    private static void Listen(ProjectResource project, Dictionary<string, object> variables)
    {
        if (variables.ContainsKey("ASPNETCORE_URLS"))
            return;
        var urls = new ReferenceExpression.ExpressionInterpolatedStringHandler(0, 0);
        var isFirst = true;
        foreach (var endpoint in AspNetCoreEndpoints.Of(project))
        {
            if (endpoint.IsHttps)
                variables.TryAdd("ASPNETCORE_HTTPS_PORT", endpoint.Property(EndpointProperty.Port));
            urls.AppendLiteral(isFirst ? "" : ";");
            urls.AppendFormatted(endpoint.Property(EndpointProperty.Scheme));
            urls.AppendLiteral($"://{endpoint.EndpointAnnotation.TargetHost}:");
            urls.AppendFormatted(endpoint.Property(EndpointProperty.TargetPort));
            isFirst = false;
        }

        if (!isFirst)
            variables["ASPNETCORE_URLS"] = ReferenceExpression.Create(urls);
    }

    private static Action<ProjectResourceOptions> Choose(string? launchProfileName) =>
        options => (options.LaunchProfileName, options.ExcludeLaunchProfile) = (launchProfileName, launchProfileName is null);

    private sealed record ProjectFile(string ProjectPath) : IProjectMetadata;
}
