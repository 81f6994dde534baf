namespace Aspire.Hosting.ApplicationModel;

/// <summary>A place that an application is published to, such as Docker Compose.</summary>
public interface IComputeEnvironmentResource : IResource;

/// <summary>Is a part of another resource.</summary>
public interface IResourceWithParent : IResource
{
    IResource Parent { get; }
}

/// <summary>Is a part of a resource of one type.</summary>
public interface IResourceWithParent<out T> : IResourceWithParent where T : IResource
{
    new T Parent { get; }

    IResource IResourceWithParent.Parent => Parent;
}
