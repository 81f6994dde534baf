namespace Aspire.Hosting.ApplicationModel;

/// <summary>The image that a container is made of.</summary>
public sealed class ContainerImageAnnotation : IResourceAnnotation
{
    /// <summary>Null: the one that the container engine takes by itself.</summary>
    public string? Registry { get; set; }
    public required string Image { get; set; }
    public string? Tag { get; set; }
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
/// <param name="source">Path or name of the volume; null for a volume without name.</param>
/// <param name="target">Path inside.</param>
/// <param name="type">What it is.</param>
/// <param name="isReadOnly">Whether the container may only read it.</param>
public sealed class ContainerMountAnnotation(string? source, string target, ContainerMountType type, bool isReadOnly) : IResourceAnnotation
{
    public string? Source { get; } = source;
    public string Target { get; } = target;
    public ContainerMountType Type { get; } = type;
    public bool IsReadOnly { get; } = isReadOnly;
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
