using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Adds containers. This engine keeps them in the model and does not start them.</summary>
public static class ContainerResourceBuilderExtensions
{
    /// <summary>Adds a container of an image's latest version, or of the one that <paramref name="image"/> names: <c>image:tag</c> or <c>image@sha256:digest</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">That is no name of an image.</exception>
    public static IResourceBuilder<ContainerResource> AddContainer(this IDistributedApplicationBuilder builder, string name, string image) =>
        builder.AddResource(new ContainerResource(name)).WithAnnotation(Parse(image));

    /// <summary>Adds a container.</summary>
    public static IResourceBuilder<ContainerResource> AddContainer(this IDistributedApplicationBuilder builder, string name, string image, string tag)
    {
        var version = Parse(image);
        version.Tag = tag;
        return builder.AddResource(new ContainerResource(name)).WithAnnotation(version);
    }

    /// <summary>Makes the container of this image, of its latest version unless <paramref name="tag"/> or the image's name says another one.</summary>
    /// <exception cref="InvalidOperationException">Both say one.</exception>
    /// <exception cref="ArgumentOutOfRangeException">That is no name of an image, or it names a digest, beside which there is no tag.</exception>
    public static IResourceBuilder<T> WithImage<T>(this IResourceBuilder<T> builder, string image, string? tag = null) where T : ContainerResource
    {
        var version = Parse(image);
        if (tag is not null)
        {
            if (version.SHA256 is not null)
                throw new ArgumentOutOfRangeException(nameof(tag), tag, "The image is named by its digest, beside which there is no tag.");
            if (image.LastIndexOf(':') > image.LastIndexOf('/'))
                throw new InvalidOperationException($"'{image}' already names a tag, so '{tag}' would be a second one.");
            version.Tag = tag;
        }

        return builder.WithAnnotation(version, ResourceAnnotationMutationBehavior.Replace);
    }

    /// <summary>Mounts a named volume, or an anonymous one when <paramref name="name"/> is null.</summary>
    public static IResourceBuilder<T> WithVolume<T>(this IResourceBuilder<T> builder, string? name, string target, bool isReadOnly = false) where T : ContainerResource =>
        builder.WithAnnotation(new ContainerMountAnnotation(name, target, ContainerMountType.Volume, isReadOnly));

    /// <summary>Mounts an anonymous volume.</summary>
    public static IResourceBuilder<T> WithVolume<T>(this IResourceBuilder<T> builder, string target) where T : ContainerResource => builder.WithVolume(null, target);

    /// <summary>Mounts a file or folder of this machine; its path is relative to the AppHost's folder.</summary>
    public static IResourceBuilder<T> WithBindMount<T>(this IResourceBuilder<T> builder, string source, string target, bool isReadOnly = false) where T : ContainerResource =>
        builder.WithAnnotation(new ContainerMountAnnotation(
            Path.IsPathRooted(source) ? source : Path.GetFullPath(source, builder.ApplicationBuilder.AppHostDirectory), target, ContainerMountType.BindMount, isReadOnly));

    /// <summary>Changes the program that the container runs.</summary>
    public static IResourceBuilder<T> WithEntrypoint<T>(this IResourceBuilder<T> builder, string entrypoint) where T : ContainerResource
    {
        builder.Resource.Entrypoint = entrypoint;
        return builder;
    }

    /// <summary>Says whether the container goes with the run or stays.</summary>
    public static IResourceBuilder<T> WithLifetime<T>(this IResourceBuilder<T> builder, ContainerLifetime lifetime) where T : ContainerResource =>
        builder.WithAnnotation(new ContainerLifetimeAnnotation { Lifetime = lifetime }, ResourceAnnotationMutationBehavior.Replace);

    private static ContainerImageAnnotation Parse(string reference)
    {
        const string Algorithm = "@sha256:";
        var at = reference.IndexOf('@', StringComparison.Ordinal);
        var image = at < 0 ? reference : reference[..at];
        // A colon before the last slash is that of a registry's port.
        var colon = image.LastIndexOf(':');
        var tag = colon > image.LastIndexOf('/') ? image[(colon + 1)..] : null;
        if (tag is not null)
            image = image[..colon];
        if (image.Length == 0 || tag is "" || image.Any(char.IsWhiteSpace) || (at >= 0 && !reference[at..].StartsWith(Algorithm, StringComparison.Ordinal)))
            throw new ArgumentOutOfRangeException(nameof(reference), reference, "An image is named as registry/image:tag or registry/image@sha256:digest.");
        return at < 0 ? new() { Image = image, Tag = tag ?? "latest" } : new() { Image = image, SHA256 = reference[(at + Algorithm.Length)..] };
    }
}
