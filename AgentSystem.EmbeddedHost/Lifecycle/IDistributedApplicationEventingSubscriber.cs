using Aspire.Hosting.Eventing;

namespace Aspire.Hosting.Lifecycle;

/// <summary>A service of the AppHost that wants to hear of events. It is asked once, before the first of them.</summary>
public interface IDistributedApplicationEventingSubscriber
{
    /// <summary>Makes the subscriptions.</summary>
    Task SubscribeAsync(IDistributedApplicationEventing eventing, DistributedApplicationExecutionContext executionContext, CancellationToken cancellationToken);
}
