using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Execution;

/// <summary>The replicas of a project or executable. They begin together, after what they wait for; each can be stopped and started again by itself.</summary>
internal sealed class ResourceLife : IDisposable
{
    private readonly IResource _resource;
    private readonly ResourceNotificationService _notifications;
    private readonly IDistributedApplicationEventing _eventing;
    private readonly IServiceProvider _services;
    private readonly HealthWatch _health;
    private readonly CancellationToken _hostStopping;
    private readonly Dictionary<string, ProcessLife> _replicas = new(StringComparer.OrdinalIgnoreCase);
    private Task _watching = Task.CompletedTask;

    public ResourceLife(
        IResource resource, RunSettings settings, HealthWatch health, ResourceNotificationService notifications, IDistributedApplicationEventing eventing, IServiceProvider services,
        CancellationToken hostStopping)
    {
        (_resource, _health, _notifications, _eventing, _services, _hostStopping) = (resource, health, notifications, eventing, services, hostStopping);
        var ids = ReplicaIds.Of(resource);
        for (var i = 0; i < ids.Count; i++)
            _replicas.Add(ids[i], ActivatorUtilities.CreateInstance<ProcessLife>(services, resource, new Replica(ids[i], i), settings, hostStopping));
    }

    /// <summary>Makes the replicas known before anything runs.</summary>
    public Task AnnounceAsync() =>
        _notifications.PublishUpdateAsync(_resource, s => s with
        {
            State = _resource.HasAnnotationOfType<ExplicitStartupAnnotation>() ? KnownResourceStates.NotStarted : null,
            HealthReports = HealthWatch.NotAskedYet(_resource),
        });

    /// <summary>Begins all replicas; they wait once, together.</summary>
    public void Start()
    {
        var prepared = new Lazy<Task>(() => Task.Run(() => PrepareAsync(_hostStopping), CancellationToken.None));
        foreach (var replica in _replicas.Values)
            replica.Start(token => prepared.Value.WaitAsync(token));
        _watching = WatchAsync(_watching);
    }

    /// <summary>Begins one replica. If it still waits, it waits no longer.</summary>
    public async Task StartAsync(string id)
    {
        var replica = _replicas[id];
        if (await replica.EndWaitAsync().ConfigureAwait(false))
            return;
        // Starting what runs is starting it anew.
        await replica.StopAsync().ConfigureAwait(false);
        replica.Start(PrepareAsync);
        lock (_replicas)
            _watching = WatchAsync(_watching);
    }

    public Task StopAsync(string id) => _notifications.TryGetCurrentState(id, out var current) && current.Snapshot.State?.Text == KnownResourceStates.NotStarted
        ? throw new InvalidOperationException($"'{id}' has not been started.")
        : _replicas[id].StopAsync();

    public async Task StopAsync()
    {
        await Task.WhenAll(_replicas.Values.Select(replica => replica.StopAsync())).ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
    }

    public void Dispose()
    {
        foreach (var replica in _replicas.Values)
            replica.Dispose();
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await _eventing.PublishAsync(new BeforeResourceStartedEvent(_resource, _services), cancellationToken).ConfigureAwait(false);
        await _notifications.WaitForDependenciesAsync(_resource, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One watch for all replicas, as their address is one, until none of them runs any more.</summary>
    private async Task WatchAsync(Task before)
    {
        await before.ConfigureAwait(false);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_hostStopping);
        var watching = _health.WatchAsync(_resource, over.Token);
        while (_replicas.Values.Any(replica => !replica.Over.IsCompleted))
            await Task.WhenAll(_replicas.Values.Select(replica => replica.Over)).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await watching.ConfigureAwait(false);
    }
}
