using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace AgentSystem.AppHost.Backends;

/// <summary>Gives a backend that cannot read its addresses from the environment a copy of its settings that has those of this run.</summary>
internal static class RenderedSettingsExtensions
{
    /// <summary>Where the published form of the settings finds the API key.</summary>
    public const string SecretsFolder = "/run/secrets";

    private const UnixFileMode OwnerMayRead = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // A container's user is not ours; the folder around the file keeps other users of this machine out.
    private const UnixFileMode ContainerMayRead = OwnerMayRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Lets the backend find its folder of <c>infra/</c> with this run's addresses, and the API key in a file.</summary>
    public static IResourceBuilder<IBackend> WithRenderedSettings(
        this IResourceBuilder<IBackend> backend, string containerPath, IResourceBuilder<ParameterResource> apiKey, Storage storage)
    {
        if (backend.ApplicationBuilder.ExecutionContext.IsPublishMode)
            return backend.WithSettings(containerPath).WithAnnotation(new SecretFile("api-key", apiKey.Resource));

        var name = backend.Resource.Name;
        return backend
            .WithFolder(storage.Settings(name), containerPath)
            .WithFolder(storage.Secrets(name), SecretsFolder)
            .OnBeforeResourceStarted(async (resource, started, cancellationToken) =>
            {
                var model = started.Services.GetRequiredService<DistributedApplicationModel>();
                var addresses = await AddressesAsync(model, resource, cancellationToken);
                await BackendSettings.WriteSecretAsync(
                    storage.Secrets(name), "api-key", await apiKey.Resource.GetValueAsync(cancellationToken) ?? "",
                    resource is NativeBackend ? OwnerMayRead : ContainerMayRead, cancellationToken);
                await BackendSettings.CopyAsync(
                    Path.Combine(storage.Repository, "infra", name), storage.Settings(name),
                    text => BackendSettings.Render(text, addresses).Replace(SecretsFolder, resource.PathOf(SecretsFolder), StringComparison.Ordinal),
                    model.Resources.Select(r => r.Name).ToHashSet(), cancellationToken);
            });
    }

    /// <summary>Where <paramref name="caller"/> reaches each published <c>name:port</c>: from inside a container that is another address than from outside.</summary>
    private static async Task<Dictionary<string, string>> AddressesAsync(
        DistributedApplicationModel model, IResource caller, CancellationToken cancellationToken)
    {
        var addresses = new Dictionary<string, string>();
        foreach (var resource in model.Resources.OfType<IResourceWithEndpoints>())
        {
            foreach (var endpoint in resource.GetEndpoints())
            {
                var context = new ValueProviderContext { Caller = caller };
                var published = PublishedPorts.Of(resource, endpoint.EndpointName);
                addresses[string.Create(CultureInfo.InvariantCulture, $"{resource.Name}:{published}")] =
                    await endpoint.Property(EndpointProperty.HostAndPort).GetValueAsync(context, cancellationToken) ?? "";
            }
        }

        return addresses;
    }
}

/// <summary>A secret that a published container finds as a file in <see cref="RenderedSettingsExtensions.SecretsFolder"/>.</summary>
internal sealed record SecretFile(string FileName, ParameterResource Value) : IResourceAnnotation;
