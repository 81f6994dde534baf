using Microsoft.Extensions.DependencyInjection;

namespace AgentSystem.AppHost.Backends;

/// <summary>Puts a declared backend into the model, in the form that suits the machine.</summary>
internal static class BackendExtensions
{
    private const UnixFileMode OwnerMayRead = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // A container's user is not ours; the folder around the file keeps other users of this machine out.
    private const UnixFileMode ContainerMayRead = OwnerMayRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Adds the backend, or says in one line why it is left out and returns null.</summary>
    public static IResourceBuilder<IResourceWithWaitSupport>? AddBackend(
        this IDistributedApplicationBuilder builder, Backend backend, Storage storage, IResourceBuilder<ParameterResource> apiKey)
    {
        var machine = Machine.Current(builder.ExecutionContext.IsPublishMode);
        var choice = BackendChoice.For(backend, builder.Configuration[backend.Setting], machine);
        if (choice.Remark is { } remark)
            Console.WriteLine(remark);

        return choice.Form switch
        {
            BackendForm.Container when machine.Publishing => builder.AddContainerBackend(backend, $"../infra/{backend.Name}"),
            BackendForm.Container => builder.AddContainerBackend(backend, storage.Settings(backend.Name))
                .WithRenderedSettings(backend, storage, apiKey, ContainerMayRead),
            BackendForm.Native => builder.AddNativeBackend(backend, choice.Executable!, storage)
                .WithRenderedSettings(backend, storage, apiKey, OwnerMayRead),
            _ => null,
        };
    }

    private static IResourceBuilder<ContainerResource> AddContainerBackend(this IDistributedApplicationBuilder builder, Backend backend, string settings)
    {
        var container = builder.AddContainer(backend.Name, backend.Image.Name, backend.Image.Tag)
            .WithHttpEndpoint(targetPort: backend.Port)
            .WithHttpHealthCheck(backend.HealthPath);
        foreach (var argument in backend.Arguments)
            container.WithArgs(Fill(argument, backend.ContainerSettings, backend.ContainerData).Replace("{listen}", $":{backend.Port}", StringComparison.Ordinal));
        if (backend.ContainerSettings is not null)
            container.WithBindMount(settings, backend.ContainerSettings, isReadOnly: true);
        if (backend.ContainerData is not null)
            container.WithVolume($"agentsystem-{backend.Name}", backend.ContainerData);
        return container;
    }

    private static IResourceBuilder<ExecutableResource> AddNativeBackend(
        this IDistributedApplicationBuilder builder, Backend backend, string executable, Storage storage)
    {
        var data = storage.Data(backend.Name);
        Storage.CreateOwnerOnly(data);
        var native = builder.AddExecutable(backend.Name, executable, data)
            .WithHttpEndpoint()
            .WithHttpHealthCheck(backend.HealthPath);
        var port = native.GetEndpoint("http").Property(EndpointProperty.TargetPort);
        foreach (var argument in backend.Arguments)
        {
            var filled = Fill(argument, storage.Settings(backend.Name), data);
            var listen = filled.IndexOf("{listen}", StringComparison.Ordinal);
            if (listen < 0)
                native.WithArgs(filled);
            else
                native.WithArgs(ReferenceExpression.Create($"{filled[..listen]}127.0.0.1:{port}"));
        }

        return native;
    }

    private static string Fill(string argument, string? settings, string? data) => argument
        .Replace("{settings}", settings, StringComparison.Ordinal)
        .Replace("{data}", data, StringComparison.Ordinal);

    private static IResourceBuilder<T> WithRenderedSettings<T>(
        this IResourceBuilder<T> backend, Backend declaration, Storage storage, IResourceBuilder<ParameterResource> apiKey, UnixFileMode secretMode)
        where T : IResource
    {
        if (declaration.ContainerSettings is null)
            return backend;

        return backend.OnBeforeResourceStarted(async (resource, started, cancellationToken) =>
        {
            var model = started.Services.GetRequiredService<DistributedApplicationModel>();
            var addresses = await AddressesAsync(model, resource, cancellationToken);
            var secrets = new Dictionary<string, string> { ["api-key"] = await apiKey.Resource.GetValueAsync(cancellationToken) ?? "" };
            await BackendSettings.CopyAsync(
                Path.Combine(storage.Repository, "infra", declaration.Name), storage.Settings(declaration.Name), addresses, secrets, secretMode, cancellationToken);
        });
    }

    /// <summary>Where <paramref name="caller"/> reaches each resource: from inside a container that is another address than from outside.</summary>
    private static async Task<Dictionary<string, string>> AddressesAsync(
        DistributedApplicationModel model, IResource caller, CancellationToken cancellationToken)
    {
        var addresses = new Dictionary<string, string>();
        foreach (var resource in model.Resources.OfType<IResourceWithEndpoints>())
        {
            var endpoint = resource.GetEndpoint("http");
            if (endpoint.Exists)
            {
                var context = new ValueProviderContext { Caller = caller };
                addresses[resource.Name] = await endpoint.Property(EndpointProperty.HostAndPort).GetValueAsync(context, cancellationToken) ?? "";
            }
        }

        return addresses;
    }
}
