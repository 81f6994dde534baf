using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Docker;

namespace Aspire.Hosting.Publishing;

/// <summary>The resource is deployed to an environment of the model, which its entry in the manifest says by its version.</summary>
internal sealed class DeploymentTargetAnnotation : IResourceAnnotation;

/// <summary>Assigns what is deployed to the environment that it is deployed to.</summary>
internal static class DeploymentTargets
{
    /// <exception cref="DistributedApplicationException">Something cannot be deployed as the model describes it.</exception>
    public static void Assign(DistributedApplicationModel model)
    {
        var environments = model.Resources.OfType<IComputeEnvironmentResource>().ToArray();
        if (environments.Length > 1 && model.Resources.OfType<IComputeResource>().Select(resource => resource.Name).ToArray() is { Length: > 0 } unassigned)
            throw new DistributedApplicationException(
                $"The model has several environments to publish to ({string.Join(", ", environments.Select(e => e.Name))}), and nothing says which of them {string.Join(", ", unassigned)} belong to. Keep one.");

        var deployed = model.Resources.Where(IsDeployed).ToArray();
        if (environments.Length == 0 && deployed.FirstOrDefault(resource => resource.HasAnnotationOfType<DockerComposeServiceCustomizationAnnotation>()) is { } alone)
            throw new DistributedApplicationException($"'{alone.Name}' is published as a Docker Compose service, and there is no Docker Compose environment. Add one with AddDockerComposeEnvironment.");

        foreach (var environment in environments.OfType<DockerComposeEnvironmentResource>())
        {
            environment.Dashboard?.Annotations.Add(new DeploymentTargetAnnotation());
            foreach (var resource in deployed)
                Assign(resource, environment);
        }
    }

    private static bool IsDeployed(IResource resource) =>
        (resource is ProjectResource || resource.HasAnnotationOfType<ContainerImageAnnotation>())
        && !(resource.TryGetLastAnnotation<ManifestPublishingCallbackAnnotation>(out var custom) && custom == ManifestPublishingCallbackAnnotation.Ignore);

    private static void Assign(IResource resource, DockerComposeEnvironmentResource environment)
    {
        if (resource.Annotations.OfType<ContainerMountAnnotation>().FirstOrDefault(mount => mount.Source is null) is { } anonymous)
            throw new DistributedApplicationException($"'{resource.Name}' cannot be published to Docker Compose: its volume at {anonymous.Target} has no name. Give it one with WithVolume.");

        resource.Annotations.Add(new DeploymentTargetAnnotation());
        if (!environment.DashboardEnabled || environment.Dashboard is not { } dashboard || !resource.HasAnnotationOfType<OtlpExporterAnnotation>())
            return;
        resource.Annotations.Add(new EnvironmentCallbackAnnotation(context =>
        {
            context.EnvironmentVariables["OTEL_EXPORTER_OTLP_ENDPOINT"] = dashboard.OtlpGrpcEndpoint;
            context.EnvironmentVariables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
            context.EnvironmentVariables["OTEL_SERVICE_NAME"] = resource.Name;
        }));
    }
}
