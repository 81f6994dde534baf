using System.Collections.Concurrent;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AgentSystem.AppHost.Running;

/// <summary>Keeps the latest that is known about each resource of the model that people can reach.</summary>
internal sealed class ResourceBoard(DistributedApplicationModel model, ResourceNotificationService notifications, ResourceLoggerService logs)
{
    private const int LastLines = 10;

    private readonly ConcurrentDictionary<string, ResourceEvent> _latest = new();
    private readonly TaskCompletionSource _allHealthy = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when every resource is healthy for the first time; fails when one of them will never be.</summary>
    public Task AllHealthy => _allHealthy.Task;

    /// <summary>One entry per process, in the order of the model.</summary>
    public IReadOnlyList<(string Name, string State, string Address)> Rows =>
    [
        .. Shown().Join(_latest.Values, resource => resource.Name, latest => latest.Resource.Name, (_, latest) => latest)
            .Where(latest => !latest.Snapshot.IsHidden)
            .Select(latest => (Name(latest), Describe(latest.Snapshot), string.Join(" ", latest.Snapshot.Urls.Where(url => !url.IsInternal).Select(url => url.Url)))),
    ];

    /// <summary>Follows the resources until cancelled and reports each change of state.</summary>
    public async Task FollowAsync(Action<string, string> changed, CancellationToken cancellationToken)
    {
        await foreach (var change in notifications.WatchAsync(cancellationToken))
        {
            if (change.Resource is not IResourceWithEndpoints)
                continue;
            var before = _latest.GetValueOrDefault(change.ResourceId);
            _latest[change.ResourceId] = change;
            if (change.Snapshot.IsHidden)
                continue;

            var state = Describe(change.Snapshot);
            if (before is null || Describe(before.Snapshot) != state)
                changed(Name(change), state);
            if (change.Snapshot.State?.Text == KnownResourceStates.FailedToStart)
                _allHealthy.TrySetException(new DistributedApplicationException($"{string.Join(", ", Culprits(change).Select(r => r.Name))} did not start."));
            if (Shown().All(IsHealthy))
                _allHealthy.TrySetResult();
        }
    }

    /// <summary>What is not healthy, and why, in one line each.</summary>
    public IEnumerable<string> Complaints() => Shown().Where(resource => !IsHealthy(resource)).Select(resource =>
    {
        var latest = _latest.Values.FirstOrDefault(latest => latest.Resource.Name == resource.Name);
        var report = latest?.Snapshot.HealthReports.FirstOrDefault(report => report.Status != HealthStatus.Healthy);
        return $"{resource.Name}: {(latest is null ? "not started" : Describe(latest.Snapshot))} {report?.Description ?? report?.ExceptionText}".TrimEnd();
    });

    /// <summary>The last lines that each resource wrote which ended although it should run: they say why.</summary>
    public async IAsyncEnumerable<string> LastWordsAsync()
    {
        foreach (var resource in Culprits())
        {
            var lines = new Queue<string>();
            await foreach (var batch in logs.GetAllAsync(resource))
            {
                foreach (var line in batch)
                {
                    lines.Enqueue(line.Content);
                    if (lines.Count > LastLines)
                        lines.Dequeue();
                }
            }
            foreach (var line in lines)
                yield return $"{resource.Name} | {line}";
        }
    }

    /// <summary>What ended by itself; only where nothing did, what failed to start, for that may just have waited for the other.</summary>
    private IResource[] Culprits(ResourceEvent? newest = null)
    {
        var latest = newest is null ? _latest.Values : _latest.Values.Append(newest);
        var ended = Of(snapshot => snapshot.State?.Text == KnownResourceStates.Exited || (snapshot.State?.Text == KnownResourceStates.Finished && snapshot.ExitCode is not (null or 0)));
        return ended.Length > 0 ? ended : Of(snapshot => snapshot.State?.Text == KnownResourceStates.FailedToStart);

        IResource[] Of(Func<CustomResourceSnapshot, bool> condition) => [.. latest.Where(l => condition(l.Snapshot)).Select(l => l.Resource).Distinct()];
    }

    private IEnumerable<IResource> Shown() => model.Resources.Where(resource => resource is IResourceWithEndpoints);

    private bool IsHealthy(IResource resource)
    {
        var processes = _latest.Values.Where(latest => latest.Resource.Name == resource.Name).ToArray();
        return processes.Length > 0
            && processes.All(latest => latest.Snapshot.IsHidden || latest.Snapshot.HealthStatus == HealthStatus.Healthy);
    }

    /// <summary>The resource's name; only replicas need more to be told apart.</summary>
    private static string Name(ResourceEvent change) =>
        change.Resource.Annotations.OfType<ReplicaAnnotation>().Any(annotation => annotation.Replicas > 1) ? change.ResourceId : change.Resource.Name;

    private string Describe(CustomResourceSnapshot snapshot) =>
        snapshot.State?.Text is { } state && state != KnownResourceStates.Running ? state
        : snapshot.HealthStatus == HealthStatus.Healthy ? "Healthy"
        : snapshot.State is null ? "Unknown"
        : AllHealthy.IsCompletedSuccessfully ? "Unhealthy"
        : "Running"; // its first checks come before it can answer: nothing to worry about
}
