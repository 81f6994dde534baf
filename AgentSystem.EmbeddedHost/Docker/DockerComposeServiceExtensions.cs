using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Docker;
using Aspire.Hosting.Docker.Resources.ComposeNodes;

namespace Aspire.Hosting;

/// <summary>Says how resources become services of a Docker Compose application.</summary>
public static class DockerComposeServiceExtensions
{
    /// <summary>Lets a callback change the service when the application is published.</summary>
    public static IResourceBuilder<T> PublishAsDockerComposeService<T>(this IResourceBuilder<T> builder, Action<DockerComposeServiceResource, Service> configure) where T : IComputeResource =>
        builder.ApplicationBuilder.ExecutionContext.IsPublishMode ? builder.WithAnnotation(new DockerComposeServiceCustomizationAnnotation(configure)) : builder;

    /// <summary>The variable of <c>.env</c> in which the service finds the value.</summary>
    public static string AsEnvironmentPlaceholder(this IManifestExpressionProvider manifestExpressionProvider, DockerComposeServiceResource dockerComposeService) =>
        Placeholder(manifestExpressionProvider.ValueExpression.Replace("}", "", StringComparison.Ordinal).Replace("{", "", StringComparison.Ordinal).Replace('.', '_'));

    /// <inheritdoc cref="AsEnvironmentPlaceholder(IManifestExpressionProvider, DockerComposeServiceResource)"/>
    public static string AsEnvironmentPlaceholder(this IResourceBuilder<ParameterResource> builder, DockerComposeServiceResource dockerComposeService) =>
        builder.Resource.AsEnvironmentPlaceholder(dockerComposeService);

    /// <inheritdoc cref="AsEnvironmentPlaceholder(IManifestExpressionProvider, DockerComposeServiceResource)"/>
    public static string AsEnvironmentPlaceholder(this ParameterResource parameter, DockerComposeServiceResource dockerComposeService) => Placeholder(parameter.Name);

    private static string Placeholder(string name) => $"${{{name.ToUpperInvariant().Replace('-', '_')}}}";
}
