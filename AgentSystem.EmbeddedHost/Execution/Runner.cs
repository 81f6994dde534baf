using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Execution;

/// <summary>Brings the model to life: addresses first, then each resource as soon as what it waits for is there; down again in reverse.</summary>
internal sealed partial class Runner(
    DistributedApplicationModel model, IDistributedApplicationEventing eventing, ResourceNotificationService notifications, ResourceLoggerService logs,
    HealthCheckService health, IServiceProvider services, TimeProvider time, RunSettings settings, ILogger<Runner> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(30);
    private const int Restarts = 5;

    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<IResource, ConcurrentDictionary<string, ChildProcess>> _children = new();
    private readonly ConcurrentBag<Task> _lives = [];
    private readonly List<TcpProxy> _proxies = [];
    private int _stopped;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Dependencies.ThrowIfCyclic(model.Resources);
        await eventing.PublishAsync(new BeforeStartEvent(services, model), cancellationToken).ConfigureAwait(false);
        foreach (var resource in model.Resources.OfType<IResourceWithEndpoints>())
        {
            Allocate(resource);
            await eventing.PublishAsync(new ResourceEndpointsAllocatedEvent(resource, services), cancellationToken).ConfigureAwait(false);
        }

        foreach (var resource in model.Resources)
        {
            if (settings.LogFolder is { } folder && resource is ProjectResource or ExecutableResource)
            {
                Directory.CreateDirectory(folder);
                logs.WriteTo(resource, Path.Combine(folder, resource.Name + ".log"));
            }

            _lives.Add(Task.Run(() => LiveAsync(resource), CancellationToken.None));
        }

        await eventing.PublishAsync(new AfterResourcesCreatedEvent(services, model), cancellationToken).ConfigureAwait(false);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _stopped, 1) == 1)
            return;
        // Nothing of a model that was refused has to be ended.
        if (_lives.IsEmpty)
        {
            DisposeProxies();
            return;
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        var levels = Dependencies.InStopOrder(model.Resources);
        var deadline = time.GetUtcNow() + Grace;
        for (var i = 0; i < levels.Count; i++)
        {
            var share = (deadline - time.GetUtcNow()) / (levels.Count - i);
            await Task.WhenAll(levels[i].Select(resource => EndAsync(resource, share))).ConfigureAwait(false);
        }

        foreach (var child in _children.Values.SelectMany(children => children.Values))
            child.KillAll();
        await Task.WhenAll(_lives).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        DisposeProxies();
    }

    private void DisposeProxies()
    {
        foreach (var proxy in _proxies)
            proxy.Dispose();
    }

    public void Dispose() => _stopping.Dispose();

    private async Task EndAsync(IResource resource, TimeSpan grace)
    {
        if (!_children.TryGetValue(resource, out var children) || children.IsEmpty)
            return;
        await notifications.PublishUpdateAsync(resource, s => s with { State = KnownResourceStates.Stopping }).ConfigureAwait(false);
        foreach (var child in children.Values)
            child.Terminate();
        var until = time.GetUtcNow() + grace;
        while (!children.IsEmpty && time.GetUtcNow() < until)
            await Task.Delay(TimeSpan.FromMilliseconds(20), time).ConfigureAwait(false);
        foreach (var child in children.Values)
            child.KillAll();
    }

    private async Task LiveAsync(IResource resource)
    {
        try
        {
            switch (resource)
            {
                case ContainerResource:
                    throw new DistributedApplicationException(
                        $"'{resource.Name}' is a container, which the embedded engine does not start. Use the Aspire engine (-p:AppHostEngine=aspire) on a machine with a container engine.");
                case ProjectResource or ExecutableResource when resource.HasAnnotationOfType<ExplicitStartupAnnotation>():
                    await notifications.PublishUpdateAsync(resource, s => s with { State = KnownResourceStates.NotStarted }).ConfigureAwait(false);
                    break;
                case ProjectResource or ExecutableResource:
                    await LiveAsProcessesAsync(resource).ConfigureAwait(false);
                    break;
                default:
                    await notifications.PublishUpdateAsync(resource, s => s with { State = KnownResourceStates.Running, Ready = true }).ConfigureAwait(false);
                    break;
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            // Whatever a resource fails of is its own failure: it is shown there, and the others go on.
            logs.Write(resource, e.Message, isError: true);
            LogFailed(resource.Name, e.Message);
            await notifications.PublishUpdateAsync(resource, s => s with { State = new(KnownResourceStates.FailedToStart, "error"), StopTimeStamp = DateTime.UtcNow })
                .ConfigureAwait(false);
        }
    }

    private async Task LiveAsProcessesAsync(IResource resource)
    {
        var token = _stopping.Token;
        var ids = Enumerable.Range(0, resource.GetReplicaCount()).Select(_ => $"{resource.Name}-{Guid.NewGuid().ToString("n")[..8]}").ToArray();
        foreach (var id in ids)
            await notifications.PublishUpdateAsync(resource, id, s => s with { State = KnownResourceStates.Waiting }).ConfigureAwait(false);
        foreach (var wait in resource.Annotations.OfType<WaitAnnotation>())
            await Dependencies.WaitAsync(wait, resource, notifications, token).ConfigureAwait(false);
        await eventing.PublishAsync(new BeforeResourceStartedEvent(resource, services), token).ConfigureAwait(false);
        var urls = await UrlsAsync(resource, token).ConfigureAwait(false);
        var checks = resource.Annotations.OfType<HealthCheckAnnotation>().Select(check => check.Key).ToHashSet();
        await notifications.PublishUpdateAsync(
            resource, s => s with { State = KnownResourceStates.Starting, Urls = urls, HealthReports = [.. checks.Select(c => new HealthReportSnapshot(c, null, null, null))] }).ConfigureAwait(false);
        _lives.Add(WatchHealthAsync(resource, checks));
        await Task.WhenAll(ids.Select((id, replica) => RunReplicaAsync(resource, id, replica))).ConfigureAwait(false);
    }

    private async Task RunReplicaAsync(IResource resource, string id, int replica)
    {
        var children = _children.GetOrAdd(resource, _ => new());
        for (var restart = 0; ; restart++)
        {
            var launch = await Launch.ForAsync(resource, id, replica, settings.AppHost, _stopping.Token).ConfigureAwait(false);
            _stopping.Token.ThrowIfCancellationRequested();
            using var child = ChildProcess.Start(launch.File, launch.Arguments, launch.WorkingDirectory, launch.Variables, (line, isError) => logs.Write(resource, line, isError));
            children[id] = child;
            if (Volatile.Read(ref _stopped) == 1)
                child.KillAll();
            var started = time.GetTimestamp();
            await notifications.PublishUpdateAsync(resource, id, s => s with
            {
                State = KnownResourceStates.Running, StartTimeStamp = DateTime.UtcNow, StopTimeStamp = null, ExitCode = null,
                Properties = [new("executable.path", launch.File), new("executable.workDir", launch.WorkingDirectory), new("executable.pid", child.Id)],
                EnvironmentVariables = [.. launch.Variables.Select(v => new EnvironmentVariableSnapshot(v.Key, v.Value, true))],
            }).ConfigureAwait(false);

            var code = await child.WaitAsync().ConfigureAwait(false);
            children.TryRemove(id, out _);
            if (time.GetElapsedTime(started) > TimeSpan.FromMinutes(1))
                restart = 0;
            var awaited = model.Resources.SelectMany(r => r.Annotations.OfType<WaitAnnotation>()).Any(w => w.Resource == resource && w.WaitType == WaitType.WaitForCompletion);
            if (_stopping.IsCancellationRequested || code == 0 || awaited || restart >= Restarts)
            {
                await notifications.PublishUpdateAsync(resource, id, s => s with
                {
                    State = code == 0 ? KnownResourceStates.Finished : KnownResourceStates.Exited, ExitCode = code, StopTimeStamp = DateTime.UtcNow,
                }).ConfigureAwait(false);
                if (notifications.TryGetCurrentState(id, out var last))
                    await eventing.PublishAsync(new ResourceStoppedEvent(resource, services, last), CancellationToken.None).ConfigureAwait(false);
                return;
            }

            var pause = TimeSpan.FromSeconds(Math.Min(LongestBackOff.TotalSeconds, 0.5 * Math.Pow(2, restart)));
            logs.Write(resource, $"Exited with code {code}; restart {restart + 1} of {Restarts} in {pause.TotalSeconds} s.", isError: true);
            LogRestart(id, code, pause, restart + 1, Restarts);
            await notifications.PublishUpdateAsync(resource, id, s => s with { State = KnownResourceStates.Starting, ExitCode = code }).ConfigureAwait(false);
            await Task.Delay(pause, time, _stopping.Token).ConfigureAwait(false);
        }
    }

    private async Task WatchHealthAsync(IResource resource, HashSet<string> checks)
    {
        var ready = false;
        try
        {
            await notifications.WaitForResourceAsync(resource.Name, KnownResourceStates.Running, _stopping.Token).ConfigureAwait(false);
            while (true)
            {
                var report = await health.CheckHealthAsync(registration => checks.Contains(registration.Name), _stopping.Token).ConfigureAwait(false);
                var reports = checks.Select(c => report.Entries.TryGetValue(c, out var e)
                    ? new HealthReportSnapshot(c, e.Status, e.Description, e.Exception?.Message) { LastRunAt = DateTime.UtcNow }
                    : new HealthReportSnapshot(c, HealthStatus.Unhealthy, "There is no health check of this name.", null)).ToImmutableArray();
                var healthy = reports.All(r => r.Status == HealthStatus.Healthy);
                if (healthy && !ready)
                {
                    ready = true;
                    await notifications.PublishUpdateAsync(resource, s => s with { HealthReports = reports }).ConfigureAwait(false);
                    await eventing.PublishAsync(new ResourceReadyEvent(resource, services), _stopping.Token).ConfigureAwait(false);
                }

                await notifications.PublishUpdateAsync(resource, s => s with { HealthReports = reports, Ready = ready }).ConfigureAwait(false);
                if (checks.Count == 0)
                    return;
                await Task.Delay(healthy ? TimeSpan.FromSeconds(5) : TimeSpan.FromMilliseconds(250), time, _stopping.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static async Task<ImmutableArray<UrlSnapshot>> UrlsAsync(IResource resource, CancellationToken cancellationToken)
    {
        var urls = resource is IResourceWithEndpoints endpoints
            ? endpoints.GetEndpoints().Select(e => new ResourceUrlAnnotation { Url = e.Url, Endpoint = e }).ToList()
            : [];
        urls.AddRange(resource.Annotations.OfType<ResourceUrlAnnotation>());
        var context = new ResourceUrlsCallbackContext(new(DistributedApplicationOperation.Run), resource, urls, cancellationToken);
        foreach (var callback in resource.Annotations.OfType<ResourceUrlsCallbackAnnotation>())
            await callback.Callback(context).ConfigureAwait(false);
        return [.. urls.Select(u => new UrlSnapshot(u.Endpoint?.EndpointName, u.Url, false) { DisplayProperties = new(u.DisplayText ?? "", u.DisplayOrder ?? 0) })];
    }

    private void Allocate(IResourceWithEndpoints resource)
    {
        var replicas = resource.GetReplicaCount();
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>().ToArray())
        {
            var wanted = settings.RandomizePorts && endpoint.IsProxied ? null : endpoint.Port;
            var proxied = replicas > 1 || (endpoint.IsProxied && wanted is not null && endpoint.TargetPort is not null && wanted != endpoint.TargetPort);
            var port = wanted ?? (proxied ? null : endpoint.TargetPort) ?? Ports.Free();
            if (resource is not ContainerResource && !Ports.IsFree(port))
            {
                throw new DistributedApplicationException(
                    $"Port {port.ToString(CultureInfo.InvariantCulture)} for endpoint '{endpoint.Name}' of '{resource.Name}' is in use. Stop what uses it, or give the endpoint another port or none.");
            }

            var targets = proxied ? Enumerable.Range(0, replicas).Select(_ => replicas == 1 ? endpoint.TargetPort!.Value : Ports.Free()).ToArray() : [port];
            if (proxied)
                _proxies.Add(new TcpProxy(port, targets));
            endpoint.AllocatedEndpoint = new(endpoint, "localhost", port, Ports.Expression(endpoint.Name));
            resource.Annotations.Add(new TargetPorts(endpoint.Name, targets));
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Resource} failed: {Reason}")]
    private partial void LogFailed(string resource, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Resource} exited with code {Code}; restart {Number} of {Most} in {Pause}")]
    private partial void LogRestart(string resource, int code, TimeSpan pause, int number, int most);
}
