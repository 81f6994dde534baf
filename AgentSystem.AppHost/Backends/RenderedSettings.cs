using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace AgentSystem.AppHost.Backends;

/// <summary>Gives a backend that cannot read its addresses from the environment a copy of its settings that has those of this run.</summary>
internal static class RenderedSettingsExtensions
{
    /// <summary>Where the published form of the settings finds its secrets.</summary>
    public const string SecretsFolder = "/run/secrets";

    private const UnixFileMode OwnerMayRead = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // A container's user is not ours; the folder around the file keeps other users of this machine out.
    private const UnixFileMode ContainerMayRead = OwnerMayRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Lets the backend find its folder of <c>infra/</c> with this run's addresses, and its secrets in files.</summary>
    /// <param name="backend">The backend.</param>
    /// <param name="containerPath">Where the image expects the folder.</param>
    /// <param name="storage">Where the run's copy and the secrets are kept.</param>
    /// <param name="secrets">The files of <see cref="SecretsFolder"/>.</param>
    /// <param name="alter">Makes of the path of a file within the folder and of its text what this run wants of it besides.</param>
    public static IResourceBuilder<IBackend> WithRenderedSettings(
        this IResourceBuilder<IBackend> backend, string containerPath, Storage storage, IReadOnlyList<SecretFile> secrets,
        Func<string, string, string>? alter = null)
    {
        if (backend.ApplicationBuilder.ExecutionContext.IsPublishMode)
        {
            foreach (var secret in secrets)
                backend.WithAnnotation(secret);
            return backend.WithSettings(containerPath);
        }

        var name = backend.Resource.Name;
        return backend
            .WithFolder(storage.Settings(name), containerPath)
            .WithFolder(storage.Secrets(name), SecretsFolder)
            .OnBeforeResourceStarted(async (resource, started, cancellationToken) =>
            {
                var model = started.Services.GetRequiredService<DistributedApplicationModel>();
                var addresses = await AddressesAsync(model, resource, cancellationToken);
                foreach (var secret in secrets)
                {
                    await BackendSettings.WriteSecretAsync(
                        storage.Secrets(name), secret.FileName, await secret.Value.GetValueAsync(cancellationToken) ?? "",
                        resource is NativeBackend ? OwnerMayRead : ContainerMayRead, cancellationToken);
                }

                await BackendSettings.CopyAsync(
                    Path.Combine(storage.Repository, "infra", name), storage.Settings(name),
                    (path, text) => BackendSettings.Render(alter is null ? text : alter(path, text), addresses)
                        .Replace(SecretsFolder, resource.PathOf(SecretsFolder), StringComparison.Ordinal),
                    model.Resources.Select(r => r.Name).ToHashSet(), cancellationToken);
            });
    }

    /// <summary>The parameters of these names, each a file of its name; a name that the model has no parameter for is passed over.</summary>
    public static IEnumerable<SecretFile> SecretFiles(this IDistributedApplicationBuilder builder, params IReadOnlyList<string> names) =>
        builder.Resources.OfType<ParameterResource>().Where(parameter => names.Contains(parameter.Name)).Select(parameter => new SecretFile(parameter.Name, parameter));

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
