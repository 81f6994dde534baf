namespace AgentSystem.AppHost.Backends;

/// <summary>How a backend is had where no container runs.</summary>
/// <param name="Executables">Names of the program; the first on PATH is used.</param>
/// <param name="HowToGet">What somebody who has none of them has to do.</param>
/// <param name="HasStandIn">Whether the telemetry store does its work where it is not there.</param>
/// <param name="OnlyWith">Programs without which nothing would come to it, so that it is taken unasked only where they are on PATH too.</param>
internal sealed record NativeForm(IReadOnlyList<string> Executables, string HowToGet, bool HasStandIn = false, params IReadOnlyList<string> OnlyWith);

/// <summary>Puts backends into the model: declared once, as the container that is published.</summary>
internal static class BackendExtensions
{
    /// <summary>
    /// Adds a backend in the form that <see cref="BackendChoice"/> chooses. One that is left out is not in the model: whoever waits for it
    /// or names its address goes without (<see cref="LeftOut"/>).
    /// </summary>
    public static IResourceBuilder<IBackend> AddBackend(
        this IDistributedApplicationBuilder builder, string name, string image, string tag, NativeForm native, Storage storage)
    {
        var machine = Machine.Current(builder.ExecutionContext.IsPublishMode);
        var choice = BackendChoice.For(name, native, builder.Configuration, machine);
        if (choice.Remark is { } remark)
            Console.WriteLine(remark);

        return choice.Form switch
        {
            BackendForm.Container => builder.AddResource(new ContainerBackend(name)).WithImage(image, tag),
            BackendForm.Native => builder.AddResource(new NativeBackend(name, choice.Executable!, storage.DataFolder(name))),
            _ => builder.CreateResourceBuilder(new NativeBackend(name, name, builder.AppHostDirectory) { HasStandIn = choice.Form == BackendForm.Embedded }),
        };
    }

    /// <summary>Whether the backend takes part in this run.</summary>
    public static bool IsThere(this IResourceBuilder<IBackend> backend) => backend.ApplicationBuilder.Resources.Contains(backend.Resource);

    /// <summary>Lets it find its folder of <c>infra/</c>.</summary>
    /// <param name="backend">The backend.</param>
    /// <param name="containerPath">Where the image expects it.</param>
    public static IResourceBuilder<IBackend> WithSettings(this IResourceBuilder<IBackend> backend, string containerPath) =>
        backend.WithFolder(Path.GetFullPath($"../infra/{backend.Resource.Name}", backend.ApplicationBuilder.AppHostDirectory), containerPath);

    /// <summary>Lets it read a folder of the repository, or of this run.</summary>
    public static IResourceBuilder<IBackend> WithFolder(this IResourceBuilder<IBackend> backend, string folder, string containerPath)
    {
        if (backend.Resource is NativeBackend native)
            native.Folders[containerPath] = folder;
        else
            backend.WithAnnotation(new ContainerMountAnnotation(folder, containerPath, ContainerMountType.BindMount, isReadOnly: true));
        return backend;
    }

    /// <summary>Gives it a place to store what has to outlive it.</summary>
    public static IResourceBuilder<IBackend> WithData(this IResourceBuilder<IBackend> backend, string containerPath)
    {
        if (backend.Resource is NativeBackend native)
            native.Folders[containerPath] = native.WorkingDirectory;
        else
            backend.WithAnnotation(new ContainerMountAnnotation($"agentsystem-{backend.Resource.Name}", containerPath, ContainerMountType.Volume, isReadOnly: false));
        return backend;
    }

    /// <summary>Lets it read the volume that tasks travel over.</summary>
    public static IResourceBuilder<IBackend> WithSharedVolume(this IResourceBuilder<IBackend> backend, Storage storage) =>
        backend.ApplicationBuilder.ExecutionContext.IsPublishMode
            ? backend.WithAnnotation(new ContainerMountAnnotation(Storage.VolumeOf(storage.SharedVolume), storage.SharedVolume, ContainerMountType.Volume, isReadOnly: true))
            : backend.WithFolder(storage.SharedVolume, "/shared");

    /// <summary>Adds an address that it is reached under.</summary>
    /// <param name="backend">The backend.</param>
    /// <param name="port">The port inside the container.</param>
    /// <param name="name">The endpoint's name.</param>
    /// <param name="isExternal">Whether it is meant for people.</param>
    public static IResourceBuilder<IBackend> WithPort(this IResourceBuilder<IBackend> backend, int port, string name = "http", bool isExternal = false) =>
        backend.WithEndpoint(targetPort: backend.Resource is NativeBackend ? null : port, scheme: "http", name: name, isExternal: isExternal)
            .WithAnnotation(new PublishedPort(name, port));

    /// <summary>Adds what only the native form has to be told, above all where to listen.</summary>
    public static IResourceBuilder<IBackend> WhenNative(this IResourceBuilder<IBackend> backend, Action<IResourceBuilder<IBackend>> configure)
    {
        if (backend.Resource is NativeBackend)
            configure(backend);
        return backend;
    }

    /// <summary>The port that the program itself listens on.</summary>
    public static EndpointReferenceExpression Listening(this IResourceBuilder<IBackend> backend, string endpoint = "http") =>
        backend.GetEndpoint(endpoint).Property(EndpointProperty.TargetPort);

    /// <summary>Where the program has to listen: inside a container for everybody who has its address, on this machine for nobody else.</summary>
    public static string ListenHost(this IResourceBuilder<IBackend> backend) => backend.Resource is NativeBackend ? "127.0.0.1" : "0.0.0.0";

    /// <summary>Asks this path for the health of a resource, when it runs and when it is published.</summary>
    public static IResourceBuilder<T> WithHealth<T>(this IResourceBuilder<T> resource, string path, string endpoint = "http") where T : IResourceWithEndpoints =>
        resource.WithHttpHealthCheck(path, endpointName: endpoint).WithAnnotation(new HealthRequest(endpoint, path));
}
