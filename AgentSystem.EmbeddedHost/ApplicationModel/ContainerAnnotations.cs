namespace Aspire.Hosting.ApplicationModel;

/// <summary>The image that a container is made of.</summary>
public sealed class ContainerImageAnnotation : IResourceAnnotation
{
    /// <summary>Null: the one that the container engine takes by itself.</summary>
    public string? Registry { get; set; }
    public required string Image { get; set; }

    /// <summary>A version of it. Tag and digest exclude each other: the one that was set last holds.</summary>
    public string? Tag
    {
        get;
        set => (field, SHA256) = (value, null);
    }

    /// <summary>The digest of one build of it.</summary>
    public string? SHA256
    {
        get;
        set
        {
            if (value is not null)
                Tag = null;
            field = value;
        }
    }

    /// <summary>What a container engine pulls.</summary>
    internal string FullName =>
        (string.IsNullOrEmpty(Registry) ? "" : $"{Registry}/") + Image + (string.IsNullOrEmpty(SHA256) ? string.IsNullOrEmpty(Tag) ? "" : $":{Tag}" : $"@sha256:{SHA256}");
}

/// <summary>What is mounted.</summary>
public enum ContainerMountType
{
    /// <summary>A file or folder of the machine.</summary>
    BindMount,
    /// <summary>A volume of the container engine.</summary>
    Volume,
}

/// <summary>Something of outside that a container finds in its file system.</summary>
public sealed class ContainerMountAnnotation : IResourceAnnotation
{
    /// <param name="source">Path or name of the volume; null for a volume without name.</param>
    /// <param name="target">Path inside.</param>
    /// <param name="type">What it is.</param>
    /// <param name="isReadOnly">Whether the container may only read it.</param>
    /// <exception cref="ArgumentException">A file or folder has no absolute path, or nobody could ever write the volume.</exception>
    public ContainerMountAnnotation(string? source, string target, ContainerMountType type, bool isReadOnly)
    {
        if (type == ContainerMountType.BindMount && string.IsNullOrEmpty(source))
            throw new ArgumentNullException(nameof(source), "A file or folder that is mounted needs a path.");
        if (type == ContainerMountType.BindMount && !Path.IsPathRooted(source))
            throw new ArgumentException($"The path of a file or folder that is mounted has to be absolute: {source}", nameof(source));
        if (type == ContainerMountType.Volume && string.IsNullOrEmpty(source) && isReadOnly)
            throw new ArgumentException("A volume without a name starts empty, so it cannot be read-only.", nameof(isReadOnly));
        (Source, Target, Type, IsReadOnly) = (source, target, type, isReadOnly);
    }

    public string? Source { get; }
    public string Target { get; }
    public ContainerMountType Type { get; }
    public bool IsReadOnly { get; }
}

/// <summary>How long a container stays.</summary>
public enum ContainerLifetime
{
    /// <summary>As long as the AppHost runs.</summary>
    Session,
    /// <summary>Longer than the AppHost runs.</summary>
    Persistent,
}

/// <summary>How long the container stays.</summary>
public sealed class ContainerLifetimeAnnotation : IResourceAnnotation
{
    public required ContainerLifetime Lifetime { get; set; }
}
