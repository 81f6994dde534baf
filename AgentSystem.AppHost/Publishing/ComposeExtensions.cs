using Aspire.Hosting.Docker.Resources;

namespace AgentSystem.AppHost.Publishing;

/// <summary>Makes of the model a Compose application that starts as it is written.</summary>
internal static class ComposeExtensions
{
    /// <summary>Publishes to Docker Compose, with what the model knows and Aspire's writer leaves out.</summary>
    public static void PublishToCompose(this IDistributedApplicationBuilder builder, Storage storage)
    {
        // Where Aspire writes to: https://github.com/microsoft/aspire, PipelineOutputService.
        var folder = Path.GetFullPath(builder.Configuration["Pipeline:OutputPath"] ?? Path.Combine(builder.AppHostDirectory, "aspire-output"));
        var output = new ComposeOutput(folder, storage.Repository);
        ComposeFile? compose = null;
        builder.AddDockerComposeEnvironment("compose")
            .WithDashboard(enabled: false) // it would take the telemetry that is meant for the collector; ours stands behind that
            .ConfigureComposeFile(file =>
            {
                compose = file;
                file.Name = "agentsystem"; // else the folder's name, and the volumes' with it
                foreach (var resource in builder.Resources.OfType<IComputeResource>())
                    ComposeService.Complete(file, resource, output);
            })
            .ConfigureEnvFile(variables => output.Settle(compose!, variables));
    }

    /// <summary>
    /// Adds what has to happen to volumes before anybody uses them: their owner becomes the user that the services run as, and a program that
    /// can ask for a service's health is put where images without a shell find it.
    /// </summary>
    public static void PrepareVolumes(this IDistributedApplicationBuilder builder, Storage storage)
    {
        if (!builder.ExecutionContext.IsPublishMode)
            return;

        var journal = Path.GetDirectoryName(storage.Journal)!;
        var incidents = Path.GetDirectoryName(storage.Incidents)!;
        var container = builder.AddContainer(ComposeService.Preparation, "docker.io/library/busybox", "1.37.0-musl")
            .WithEntrypoint("/bin/sh")
            .WithArgs(
                "-c",
                // It may run again beside services that use all this: nothing is away for a moment, and nothing is touched that comes and goes.
                $"cp /bin/busybox {ComposeService.Tools}/.busybox && mv -f {ComposeService.Tools}/.busybox {ComposeService.Tools}/busybox"
                + $" && mkdir -p {storage.SharedVolume}/documents {storage.SharedVolume}/logs"
                + $" && chown {ServiceUser}:{ServiceUser} {storage.SharedVolume} {storage.SharedVolume}/logs {journal} {incidents}"
                + $" && chown -R {ServiceUser}:{ServiceUser} {storage.SharedVolume}/documents");
        foreach (var folder in (string[])[ComposeService.Tools, storage.SharedVolume, journal, incidents])
            container.WithVolume(Storage.VolumeOf(folder), folder);
    }

    /// <summary>The user <c>app</c> of Microsoft's .NET images.</summary>
    private const int ServiceUser = 1654;
}
