using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Lifecycle;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Execution;

/// <summary>How this run differs from another of the same model.</summary>
/// <param name="AppHost">The assembly that knows where the projects were built to.</param>
/// <param name="RandomizePorts">Whether public ports are replaced, so that runs do not clash.</param>
/// <param name="LogFolder">Where each resource's output goes, or null.</param>
/// <param name="Terminal">Where people are asked for what is missing, or null.</param>
internal sealed record RunSettings(System.Reflection.Assembly? AppHost, bool RandomizePorts, string? LogFolder, Terminal? Terminal);

/// <summary>Brings the model to life: addresses first, then each resource as soon as what it waits for is there; down again in reverse.</summary>
internal sealed partial class Runner(
    DistributedApplicationModel model, IDistributedApplicationEventing eventing, IEnumerable<IDistributedApplicationEventingSubscriber> subscribers,
    DistributedApplicationExecutionContext execution, ResourceNotificationService notifications, ResourceLoggerService logs, HealthCheckService checks,
    IServiceProvider services, TimeProvider time, RunSettings settings, ILogger<Runner> logger) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<IResource, ResourceLife> _lives = [];
    private readonly List<TcpProxy> _proxies = [];
    private readonly List<Task> _watches = [];
    private int _stopped;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Dependencies.ThrowIfCyclic(model.Resources);
        foreach (var resource in model.Resources)
            ReplicaIds.AddTo(resource);
        foreach (var subscriber in subscribers)
            await subscriber.SubscribeAsync(eventing, execution, cancellationToken).ConfigureAwait(false);
        await eventing.PublishAsync(new BeforeStartEvent(services, model), cancellationToken).ConfigureAwait(false);
        foreach (var resource in model.Resources.OfType<IResourceWithEndpoints>())
        {
            _proxies.AddRange(EndpointAllocation.Allocate(resource, settings.RandomizePorts));
            await eventing.PublishAsync(new ResourceEndpointsAllocatedEvent(resource, services), cancellationToken).ConfigureAwait(false);
        }

        var health = new HealthWatch(checks, notifications, eventing, services, time);
        foreach (var resource in model.Resources.Where(resource => resource is ProjectResource or ExecutableResource))
        {
            if (settings.LogFolder is { } folder)
                logs.WriteTo(resource, new RotatingFile(Path.Combine(folder, resource.Name + ".log")));
            var life = ActivatorUtilities.CreateInstance<ResourceLife>(services, resource, settings, health, _stopping.Token);
            _lives.Add(resource, life);
            LifeCycleCommands.Add(resource, life);
            await life.AnnounceAsync().ConfigureAwait(false);
        }

        await ActivatorUtilities.CreateInstance<ParameterValues>(services, settings, _stopping.Token).SettleAsync(model.Resources.OfType<ParameterResource>()).ConfigureAwait(false);
        foreach (var resource in model.Resources.Where(resource => !_lives.ContainsKey(resource)))
        {
            await ShowAsync(resource).ConfigureAwait(false);
            _watches.Add(health.WatchAsync(resource, _stopping.Token));
        }

        foreach (var (resource, life) in _lives)
        {
            if (!resource.HasAnnotationOfType<ExplicitStartupAnnotation>())
                life.Start();
        }

        await eventing.PublishAsync(new AfterResourcesCreatedEvent(services, model), cancellationToken).ConfigureAwait(false);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _stopped, 1) == 1)
            return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        settings.Terminal?.Restore();
        foreach (var level in Dependencies.InStopOrder(_lives.Keys))
            await Task.WhenAll(level.Select(resource => _lives[resource].StopAsync())).ConfigureAwait(false);

        await Task.WhenAll(_watches).ConfigureAwait(false);
        foreach (var proxy in _proxies)
            proxy.Dispose();
    }

    public void Dispose()
    {
        foreach (var life in _lives.Values)
            life.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Says how a resource is that has no processes of ours.</summary>
    private async Task ShowAsync(IResource resource)
    {
        if (resource is ContainerResource)
        {
            var reason = $"'{resource.Name}' is a container, which the embedded engine does not start. Use the Aspire engine (-p:AppHostEngine=aspire) on a machine with a container engine.";
            foreach (var id in ReplicaIds.Of(resource))
                logs.Write(id, reason, isError: true);
            LogFailed(resource.Name, reason);
            await notifications.PublishUpdateAsync(resource, s => s with { State = new(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error) }).ConfigureAwait(false);
        }
        else if (resource is not ParameterResource)
        {
            await notifications.PublishUpdateAsync(resource, s => s with { State = KnownResourceStates.Running, HealthReports = HealthWatch.NotAskedYet(resource) }).ConfigureAwait(false);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Resource} failed: {Reason}")]
    private partial void LogFailed(string resource, string reason);
}
