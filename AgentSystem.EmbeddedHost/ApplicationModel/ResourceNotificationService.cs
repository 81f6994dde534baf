using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Knows the state of every replica and tells of changes.</summary>
public class ResourceNotificationService : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ResourceEvent> _current = [];
    private readonly List<Channel<ResourceEvent>> _watchers = [];
    private readonly IServiceProvider _services;
    private bool _disposed;

    internal ResourceNotificationService(IServiceProvider services) => _services = services;

    /// <summary>What is known about each replica now.</summary>
    internal IReadOnlyList<ResourceEvent> Current
    {
        get
        {
            lock (_gate)
                return [.. _current.Values];
        }
    }

    private WaitBehavior DefaultWaitBehavior => _services.GetRequiredService<IOptions<ResourceNotificationServiceOptions>>().Value.DefaultWaitBehavior;

    /// <summary>Finds a replica by its id, or a resource by its name when it has only one.</summary>
    public bool TryGetCurrentState(string resourceId, [NotNullWhen(true)] out ResourceEvent? resourceEvent)
    {
        lock (_gate)
        {
            if (!_current.TryGetValue(resourceId, out resourceEvent))
            {
                var named = _current.Values.Where(e => IsNamed(e, resourceId)).Take(2).ToArray();
                resourceEvent = named.Length == 1 ? named[0] : null;
            }

            return resourceEvent is not null;
        }
    }

    /// <summary>Changes what is known about one replica, and tells everybody unless nothing is new.</summary>
    public Task PublishUpdateAsync(IResource resource, string resourceId, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        lock (_gate)
        {
            var known = _current.GetValueOrDefault(resourceId);
            if (known is not null && known.Resource != resource)
                throw new InvalidOperationException($"'{resourceId}' is the id of another resource named '{known.Resource.Name}'.");
            var before = known?.Snapshot ?? InitialSnapshot(resource);
            var after = Complete(resource, stateFactory(before));
            if (known is not null && after == before)
                return Task.CompletedTask;
            var update = new ResourceEvent(resource, resourceId, after);
            _current[resourceId] = update;
            foreach (var watcher in _watchers)
                watcher.Writer.TryWrite(update);
        }

        return Task.CompletedTask;
    }

    /// <summary>Changes what is known about each replica.</summary>
    public async Task PublishUpdateAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        foreach (var id in ReplicaIds.Of(resource))
            await PublishUpdateAsync(resource, id, stateFactory).ConfigureAwait(false);
    }

    /// <summary>What is known about each replica now, and then each change.</summary>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateUnbounded<ResourceEvent>();
        lock (_gate)
        {
            foreach (var current in _current.Values)
                channel.Writer.TryWrite(current);
            _watchers.Add(channel);
            if (_disposed)
                channel.Writer.TryComplete();
        }

        try
        {
            await foreach (var update in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return update;
        }
        finally
        {
            lock (_gate)
                _watchers.Remove(channel);
        }
    }

    /// <summary>Waits until a replica of the resource is in the state, <c>Running</c> when null.</summary>
    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default) =>
        WaitForResourceAsync(resourceName, [string.IsNullOrEmpty(targetState) ? KnownResourceStates.Running : targetState], cancellationToken);

    /// <summary>Waits until a replica of the resource is in one of the states, and says in which.</summary>
    public async Task<string> WaitForResourceAsync(string resourceName, IEnumerable<string> targetStates, CancellationToken cancellationToken = default)
    {
        var wanted = targetStates.ToArray();
        var found = await WaitForResourceAsync(resourceName, e => e.Snapshot.State?.Text is { } state && wanted.Contains(state, StringComparer.OrdinalIgnoreCase), cancellationToken)
            .ConfigureAwait(false);
        return found.Snapshot.State!.Text;
    }

    /// <summary>Waits until a replica of the resource is as the predicate wants it.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled, or the application ended. The message says how the resource is.</exception>
    public async Task<ResourceEvent> WaitForResourceAsync(string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default)
    {
        try
        {
            await foreach (var update in WatchAsync(cancellationToken).ConfigureAwait(false))
            {
                if (IsNamed(update, resourceName) && predicate(update))
                    return update;
            }
        }
        catch (OperationCanceledException e)
        {
            throw new OperationCanceledException($"The wait for '{resourceName}' was cancelled. {Describe(resourceName)}", e, e.CancellationToken);
        }

        throw new OperationCanceledException($"The application ended while somebody waited for '{resourceName}'. {Describe(resourceName)}");
    }

    /// <summary>Waits until the resource is healthy and everybody has been told that it is ready.</summary>
    public Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default) =>
        WaitForResourceHealthyAsync(resourceName, DefaultWaitBehavior, cancellationToken);

    /// <inheritdoc cref="WaitForResourceHealthyAsync(string, CancellationToken)"/>
    /// <exception cref="DistributedApplicationException">The resource failed, or there is none of the name, and the wait is one that ends then.</exception>
    public async Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, WaitBehavior waitBehavior, CancellationToken cancellationToken = default)
    {
        var stops = waitBehavior == WaitBehavior.StopOnResourceUnavailable;
        if (stops && _services.GetService<DistributedApplicationModel>() is { } model && !model.Resources.Any(r => string.Equals(r.Name, resourceName, StringComparison.OrdinalIgnoreCase)))
            throw new DistributedApplicationException($"There is no resource '{resourceName}' that could become healthy.");
        var found = await WaitForResourceAsync(
            resourceName, e => e.Snapshot.HealthStatus == HealthStatus.Healthy || (stops && WaitForDependencies.IsOver(e.Snapshot)), cancellationToken).ConfigureAwait(false);
        if (found.Snapshot.HealthStatus != HealthStatus.Healthy)
            throw new DistributedApplicationException($"'{resourceName}' will not become healthy: its state is {found.Snapshot.State!.Text}. Its log says why.");
        var ready = await WaitForResourceAsync(resourceName, e => e.ResourceId == found.ResourceId && e.Snapshot.Ready is not null, cancellationToken).ConfigureAwait(false);
        await ready.Snapshot.Ready!.WaitAsync(cancellationToken).ConfigureAwait(false);
        return ready;
    }

    /// <summary>Waits for all that the resource has to wait for; until then it is shown as waiting.</summary>
    /// <exception cref="DistributedApplicationException">Something of it will never be as it has to.</exception>
    public Task WaitForDependenciesAsync(IResource resource, CancellationToken cancellationToken) =>
        WaitForDependencies.Async(resource, this, DefaultWaitBehavior, cancellationToken);

    /// <summary>Ends every watch.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (var watcher in _watchers)
                watcher.Writer.TryComplete();
        }

        GC.SuppressFinalize(this);
    }

    private static bool IsNamed(ResourceEvent e, string name) => string.Equals(e.Resource.Name, name, StringComparison.OrdinalIgnoreCase);

    private static CustomResourceSnapshot InitialSnapshot(IResource resource) => new()
    {
        ResourceType = resource.GetType().Name.Replace("Resource", "", StringComparison.Ordinal),
        Properties = [],
        CreationTimeStamp = DateTime.UtcNow,
    };

    /// <summary>What follows from the rest: which commands can be given, and what the resource is to others.</summary>
    private CustomResourceSnapshot Complete(IResource resource, CustomResourceSnapshot snapshot)
    {
        ImmutableArray<ResourceCommandSnapshot> commands =
        [
            .. resource.Annotations.OfType<ResourceCommandAnnotation>().Select(command => new ResourceCommandSnapshot(
                command.Name, command.UpdateState(new() { ResourceSnapshot = snapshot, Services = _services }), command.DisplayName, command.DisplayDescription,
                command.Parameter, command.ConfirmationMessage, command.IconName, command.IconVariant, command.IsHighlighted)),
        ];
        ImmutableArray<RelationshipSnapshot> relationships =
            [.. resource.Annotations.OfType<ResourceRelationshipAnnotation>().Select(relationship => new RelationshipSnapshot(relationship.Resource.Name, relationship.Type))];
        return snapshot with
        {
            Commands = commands.SequenceEqual(snapshot.Commands) ? snapshot.Commands : commands,
            Relationships = relationships.SequenceEqual(snapshot.Relationships) ? snapshot.Relationships : relationships,
        };
    }

    private string Describe(string name) => TryGetCurrentState(name, out var current)
        ? $"Its state is {current.Snapshot.State?.Text ?? "unknown"}, its health {current.Snapshot.HealthStatus?.ToString() ?? "unknown"}."
        : "Nothing is known of it.";
}
