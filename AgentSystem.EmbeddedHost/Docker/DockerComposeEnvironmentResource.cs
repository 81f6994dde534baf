using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Docker.Resources;

namespace Aspire.Hosting.Docker;

/// <summary>A Docker Compose application that the model is published to. This engine keeps what is said about it and publishes no such application.</summary>
public class DockerComposeEnvironmentResource(string name) : Resource(name), IComputeEnvironmentResource
{
    /// <summary>The name of the network that all services are in.</summary>
    public string? DefaultNetworkName { get; set; }

    /// <summary>Whether the application has Aspire's dashboard, which then takes everybody's telemetry.</summary>
    public bool DashboardEnabled { get; set; } = true;

    internal DockerComposeAspireDashboardResource? Dashboard { get; init; }
    internal Action<ComposeFile>? ConfigureComposeFile { get; set; }
    internal Action<IDictionary<string, CapturedEnvironmentVariable>>? ConfigureEnvFile { get; set; }
}

/// <summary>A service of the Docker Compose application.</summary>
public class DockerComposeServiceResource : Resource, IResourceWithParent<DockerComposeEnvironmentResource>
{
    public DockerComposeServiceResource(string name, IResource resource, DockerComposeEnvironmentResource composeEnvironmentResource) : base(name) =>
        (TargetResource, Parent) = (resource, composeEnvironmentResource);

    public DockerComposeEnvironmentResource Parent { get; }

    internal IResource TargetResource { get; }
}

/// <summary>Has a say in the service that a resource becomes.</summary>
public sealed class DockerComposeServiceCustomizationAnnotation(Action<DockerComposeServiceResource, Resources.ComposeNodes.Service> configure) : IResourceAnnotation
{
    public Action<DockerComposeServiceResource, Resources.ComposeNodes.Service> Configure { get; } = configure;
}

/// <summary>A variable of the Docker Compose application's <c>.env</c>.</summary>
public sealed class CapturedEnvironmentVariable
{
    public required string Name { get; init; }
    public string? Description { get; set; }
    public string? DefaultValue { get; set; }

    /// <summary>What its value is taken from, such as a parameter.</summary>
    public object? Source { get; set; }

    /// <summary>The resource that it is made for.</summary>
    public IResource? Resource { get; set; }
}

/// <summary>Aspire's dashboard as a service of the application, which is no resource of the model.</summary>
internal sealed class DockerComposeAspireDashboardResource : ContainerResource
{
    public DockerComposeAspireDashboardResource(string name) : base(name)
    {
        Annotations.Add(new ContainerImageAnnotation { Image = "mcr.microsoft.com/dotnet/nightly/aspire-dashboard", Tag = "13.5" });
        Annotations.Add(new EndpointAnnotation(System.Net.Sockets.ProtocolType.Tcp, "http", targetPort: 18888, isExternal: true));
        Annotations.Add(new EndpointAnnotation(System.Net.Sockets.ProtocolType.Tcp, "http", name: "otlp-grpc", targetPort: 18889));
        Annotations.Add(new EndpointAnnotation(System.Net.Sockets.ProtocolType.Tcp, "http", name: "otlp-http", targetPort: 18890));
    }

    public EndpointReference OtlpGrpcEndpoint => new(this, "otlp-grpc");
}
