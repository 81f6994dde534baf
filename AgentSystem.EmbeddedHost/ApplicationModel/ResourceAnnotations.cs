namespace Aspire.Hosting.ApplicationModel;

/// <summary>How many processes share the resource's work.</summary>
public sealed class ReplicaAnnotation(int replicas = 1) : IResourceAnnotation
{
    public int Replicas { get; } = replicas;
}

/// <summary>The resource is as healthy as the AppHost's health check of this name.</summary>
public class HealthCheckAnnotation(string key) : IResourceAnnotation
{
    public string Key => key;
}

/// <summary>What another resource is to this one, for people to see.</summary>
public sealed class ResourceRelationshipAnnotation(IResource resource, string type) : IResourceAnnotation
{
    public IResource Resource { get; } = resource;
    public string Type { get; } = type;
}

/// <summary>How an icon is drawn.</summary>
public enum IconVariant
{
    /// <summary>As its outline.</summary>
    Regular,
    /// <summary>As a shape.</summary>
    Filled,
}

/// <summary>The icon that people are shown.</summary>
public sealed class ResourceIconAnnotation(string iconName, IconVariant iconVariant = IconVariant.Filled) : IResourceAnnotation
{
    public string IconName { get; } = iconName;
    public IconVariant IconVariant { get; } = iconVariant;
}
