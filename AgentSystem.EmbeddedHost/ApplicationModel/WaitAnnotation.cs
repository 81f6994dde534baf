namespace Aspire.Hosting.ApplicationModel;

/// <summary>What another resource is waited for.</summary>
public enum WaitType
{
    /// <summary>That it is healthy and ready.</summary>
    WaitUntilHealthy,
    /// <summary>That it has ended.</summary>
    WaitForCompletion,
    /// <summary>That it runs.</summary>
    WaitUntilStarted,
}

/// <summary>What happens when the other resource fails.</summary>
public enum WaitBehavior
{
    /// <summary>Waiting goes on: somebody may start it again.</summary>
    WaitOnResourceUnavailable,
    /// <summary>The one that waits fails too.</summary>
    StopOnResourceUnavailable,
}

/// <summary>The resource starts after another one.</summary>
/// <param name="resource">The other one.</param>
/// <param name="waitType">What is waited for.</param>
/// <param name="exitCode">With which it has to end, if its end is waited for.</param>
public sealed class WaitAnnotation(IResource resource, WaitType waitType, int exitCode = 0) : IResourceAnnotation
{
    public IResource Resource { get; } = resource;
    public WaitType WaitType { get; } = waitType;

    /// <summary>Null leaves it to <see cref="ResourceNotificationServiceOptions"/>.</summary>
    public WaitBehavior? WaitBehavior { get; init; }

    public int ExitCode { get; } = exitCode;
}

/// <summary>The resource waits for somebody to start it.</summary>
public sealed class ExplicitStartupAnnotation : IResourceAnnotation;
