using System.Text.Json;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Publishing;

/// <summary>Writes the model as Aspire's manifest: the document that deployment tools read, byte for byte as Aspire 13.5.2 writes it.</summary>
public sealed partial class ManifestPublishingContext(
    DistributedApplicationExecutionContext executionContext, string manifestPath, Utf8JsonWriter writer, CancellationToken cancellationToken = default)
{
    private readonly BindingPorts _ports = new();

    public DistributedApplicationExecutionContext ExecutionContext { get; } = executionContext;
    public string ManifestPath { get; } = manifestPath;
    public Utf8JsonWriter Writer { get; } = writer;
    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>The path as it is found from the manifest's folder, with slashes.</summary>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(path))]
    public string? GetManifestRelativePath(string? path) => path is null
        ? null
        : Path.GetRelativePath(Path.GetDirectoryName(Path.GetFullPath(ManifestPath))!, path.Replace('\\', '/')).Replace('\\', '/');

    /// <summary>Writes the whole document.</summary>
    /// <exception cref="DistributedApplicationException">The model holds something that has no form in a manifest.</exception>
    internal async Task WriteModelAsync(DistributedApplicationModel model)
    {
        _names.UnionWith(model.Resources.Select(resource => resource.Name));
        Writer.WriteStartObject();
        Writer.WriteStartObject("resources");
        foreach (var resource in model.Resources)
            await WriteResourceAsync(resource).ConfigureAwait(false);

        // The list grows while it is written, when one that is no part of the model refers to another such.
        for (var i = 0; i < _referenced.Count; i++)
        {
            if (!model.Resources.Any(resource => resource.Name == _referenced[i].Name))
                await WriteResourceAsync(_referenced[i]).ConfigureAwait(false);
        }

        foreach (var parameter in _encoded.Keys.ToArray())
            WriteEncodedForms(parameter);
        Writer.WriteEndObject();
        Writer.WriteEndObject();
        await Writer.FlushAsync(CancellationToken).ConfigureAwait(false);
    }

    private async Task WriteResourceAsync(IResource resource)
    {
        var isOverridden = resource.TryGetLastAnnotation<ManifestPublishingCallbackAnnotation>(out var custom);
        if (isOverridden && custom!.Callback is null)
            return;

        Writer.WriteStartObject(resource.Name);
        await (resource switch
        {
            _ when isOverridden => custom!.Callback!(this),
            ContainerResource container => WriteContainerAsync(container),
            ProjectResource project => WriteProjectAsync(project),
            ExecutableResource executable => WriteExecutableAsync(executable),
            ParameterResource parameter => WriteParameter(parameter),
            _ => WriteUnknown(),
        }).ConfigureAwait(false);
        Writer.WriteEndObject();
        if (resource is ParameterResource written)
            WriteEncodedForms(written);
    }

    private async Task WriteProjectAsync(ProjectResource project)
    {
        Writer.WriteString("type", project.HasAnnotationOfType<DeploymentTargetAnnotation>() ? "project.v1" : "project.v0");
        Writer.WriteString("path", GetManifestRelativePath(project.Annotations.OfType<IProjectMetadata>().LastOrDefault()?.ProjectPath
            ?? throw new DistributedApplicationException($"'{project.Name}' cannot be published: it is a project without the path of its file. Add it with AddProject.")));
        await WriteCommandLineArgumentsAsync(project).ConfigureAwait(false);
        await WriteEnvironmentVariablesAsync(project).ConfigureAwait(false);
        WriteBindings(project);
    }

    private async Task WriteExecutableAsync(ExecutableResource executable)
    {
        Writer.WriteString("type", "executable.v0");
        Writer.WriteString("workingDirectory", GetManifestRelativePath(executable.WorkingDirectory));
        Writer.WriteString("command", executable.Command);
        await WriteCommandLineArgumentsAsync(executable).ConfigureAwait(false);
        await WriteEnvironmentVariablesAsync(executable).ConfigureAwait(false);
        WriteBindings(executable);
    }

    /// <summary>Writes what belongs into the entry of a container.</summary>
    /// <exception cref="DistributedApplicationException">It has no image.</exception>
    public async Task WriteContainerAsync(ContainerResource container)
    {
        var image = container.Annotations.OfType<ContainerImageAnnotation>().LastOrDefault()
            ?? throw new DistributedApplicationException($"'{container.Name}' cannot be published: it is a container without an image. Add it with AddContainer.");
        Writer.WriteString("type", container.HasAnnotationOfType<DeploymentTargetAnnotation>() ? "container.v1" : "container.v0");
        Writer.WriteString("image", image.FullName);
        if (container.Entrypoint is not null)
            Writer.WriteString("entrypoint", container.Entrypoint);
        await WriteCommandLineArgumentsAsync(container).ConfigureAwait(false);
        WriteMounts(container);
        await WriteEnvironmentVariablesAsync(container).ConfigureAwait(false);
        WriteBindings(container);
    }

    private Task WriteParameter(ParameterResource parameter)
    {
        Writer.WriteString("type", "parameter.v0");
        Writer.WriteString("value", $"{{{parameter.Name}.inputs.value}}");
        Writer.WriteStartObject("inputs");
        Writer.WriteStartObject("value");
        Writer.WriteString("type", "string");
        if (parameter.Secret)
            Writer.WriteBoolean("secret", true);
        if (parameter.Default is { } standard)
        {
            Writer.WriteStartObject("default");
            standard.WriteToManifest(this);
            Writer.WriteEndObject();
        }

        Writer.WriteEndObject();
        Writer.WriteEndObject();
        return Task.CompletedTask;
    }

    // Deployment tools see that something is there which they cannot deploy: the compose environment, for one.
    private Task WriteUnknown()
    {
        Writer.WriteString("error", "This resource does not support generation in the manifest.");
        return Task.CompletedTask;
    }

    private void WriteMounts(ContainerResource container)
    {
        var mounts = container.Annotations.OfType<ContainerMountAnnotation>().ToLookup(mount => mount.Type);
        Write("bindMounts", mounts[ContainerMountType.BindMount], mount =>
        {
            Writer.WriteString("source", GetManifestRelativePath(mount.Source));
            Writer.WriteString("target", mount.Target.Replace('\\', '/'));
        });
        Write("volumes", mounts[ContainerMountType.Volume], mount =>
        {
            if (mount.Source is not null)
                Writer.WriteString("name", mount.Source);
            Writer.WriteString("target", mount.Target);
        });

        void Write(string name, IEnumerable<ContainerMountAnnotation> ofOneType, Action<ContainerMountAnnotation> fields)
        {
            if (!ofOneType.Any())
                return;
            Writer.WriteStartArray(name);
            foreach (var mount in ofOneType)
            {
                Writer.WriteStartObject();
                fields(mount);
                Writer.WriteBoolean("readOnly", mount.IsReadOnly);
                Writer.WriteEndObject();
            }

            Writer.WriteEndArray();
        }
    }

    /// <summary>Writes the resource's endpoints.</summary>
    public void WriteBindings(IResource resource)
    {
        if (!resource.HasAnnotationOfType<EndpointAnnotation>())
            return;
        Writer.WriteStartObject("bindings");
        foreach (var (endpoint, port, targetPort) in _ports.Assign(resource))
        {
            Writer.WriteStartObject(endpoint.Name);
            Writer.WriteString("scheme", endpoint.UriScheme);
            Writer.WriteString("protocol", endpoint.Protocol.ToString().ToLowerInvariant());
            Writer.WriteString("transport", endpoint.Transport);
            if (port is { } outside && port != targetPort)
                Writer.WriteNumber("port", outside);
            if (targetPort is { } inside)
                Writer.WriteNumber("targetPort", inside);
            if (endpoint.IsExternal)
                Writer.WriteBoolean("external", true);
            Writer.WriteEndObject();
        }

        Writer.WriteEndObject();
    }
}
