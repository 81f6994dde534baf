using System.Globalization;
using AgentSystem.AppHost.Backends;
using Aspire.Hosting.Docker.Resources;
using Aspire.Hosting.Docker.Resources.ComposeNodes;
using Aspire.Hosting.Docker.Resources.ServiceNodes;
using Aspire.Hosting.Docker.Resources.ServiceNodes.Swarm;

namespace AgentSystem.AppHost.Publishing;

/// <summary>How much of a machine a published container may take.</summary>
/// <param name="Cpus">Cores, for example <c>0.5</c>.</param>
/// <param name="Memory">As Compose writes it, for example <c>512M</c>.</param>
internal sealed record PublishedLimits(string Cpus, string Memory) : IResourceAnnotation
{
    /// <summary>For those that say nothing.</summary>
    public static PublishedLimits Default { get; } = new("1.0", "512M");
}

/// <summary>Completes one service of a Compose file: health, order, restarts, replicas, limits, ports, secrets, image.</summary>
internal static class ComposeService
{
    /// <summary>The service that ends once the volumes are ready.</summary>
    public const string Preparation = "volumes";

    /// <summary>Where each container finds the program that asks for its health: not every image has a shell or wget.</summary>
    public const string Tools = "/tools";

    private const string Healthy = "service_healthy";

    private static readonly string[] Loopback = ["127.0.0.1"];

    public static void Complete(ComposeFile file, IResource resource, ComposeOutput output)
    {
        if (!file.Services.TryGetValue(resource.Name, out var service))
            return;

        service.Restart = resource.Name == Preparation ? "no" : "unless-stopped";
        service.Deploy = new Deploy { Replicas = resource.GetReplicaCount(), Resources = new Resources { Limits = Limits(resource) } };
        service.Ports = [.. Ports(resource)];
        if (Health(resource) is { } healthcheck)
        {
            service.Healthcheck = healthcheck;
            service.AddVolume(new Volume { Name = Storage.VolumeOf(Tools), Type = "volume", Source = Storage.VolumeOf(Tools), Target = Tools, ReadOnly = true });
        }

        foreach (var wait in resource.Annotations.OfType<WaitAnnotation>().Where(wait => wait.WaitType == WaitType.WaitUntilHealthy && Health(wait.Resource) is not null))
            service.DependsOn[wait.Resource.Name].Condition = Healthy;
        if (resource.Name != Preparation)
            service.DependsOn[Preparation] = new() { Condition = "service_completed_successfully" };
        if (resource.Annotations.OfType<IProjectMetadata>().LastOrDefault() is { } project)
        {
            service.Build = output.BuildOf(project.ProjectPath);
            service.StopGracePeriod = "30s"; // tasks drain and telemetry is flushed, for which Docker's 10 s may be too short
        }

        foreach (var secret in resource.Annotations.OfType<SecretFile>())
            AddSecret(file, service, secret);
    }

    private static Healthcheck? Health(IResource resource)
    {
        if (resource.Annotations.OfType<HealthRequest>().FirstOrDefault() is not { } request)
            return null;
        var port = PublishedPorts.Of(resource, request.EndpointName).ToString(CultureInfo.InvariantCulture);
        return new Healthcheck
        {
            Test = ["CMD", $"{Tools}/busybox", "wget", "-q", "-T", "4", "-O", "/dev/null", $"http://127.0.0.1:{port}{request.Path}"],
            Interval = "10s",
            Timeout = "5s",
            Retries = 6,
            StartPeriod = "60s",
        };
    }

    /// <summary>What is meant for people is reached from the machine itself; who wants more puts a proxy with a login in front.</summary>
    private static IEnumerable<string> Ports(IResource resource) =>
        resource.Annotations.OfType<EndpointAnnotation>().Where(endpoint => endpoint.IsExternal)
            .Select(endpoint => PublishedPorts.Of(resource, endpoint.Name))
            .SelectMany(port => Loopback.Select(address => string.Create(CultureInfo.InvariantCulture, $"{address}:{port}:{port}")));

    private static ResourceSpec Limits(IResource resource)
    {
        var limits = resource.Annotations.OfType<PublishedLimits>().LastOrDefault() ?? PublishedLimits.Default;
        return new ResourceSpec { Cpus = limits.Cpus, Memory = limits.Memory };
    }

    /// <summary>The value stays in the environment of whoever starts the application; Compose makes a file of it inside the container.</summary>
    private static void AddSecret(ComposeFile file, Service service, SecretFile secret)
    {
        // Compose takes an empty content for none and makes no file. Who reads a secret trims it.
        var name = $"secret-{secret.FileName}";
        file.Configs[name] = new Config { Name = name, Content = $"${{{Variable(secret.Value.Name)}}}\n" };
        service.AddConfig(new ConfigReference
        {
            Source = name,
            Target = $"{RenderedSettingsExtensions.SecretsFolder}/{secret.FileName}",
            Mode = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
        });
    }

    private static string Variable(string parameter) => parameter.ToUpperInvariant().Replace('-', '_');
}
