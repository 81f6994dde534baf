using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Execution;

/// <summary>Who waits for whom.</summary>
internal static class Dependencies
{
    public static void ThrowIfCyclic(IEnumerable<IResource> resources)
    {
        foreach (var resource in resources)
            Visit(resource, []);

        static void Visit(IResource resource, List<IResource> path)
        {
            if (path.Contains(resource))
            {
                var cycle = path.SkipWhile(r => r != resource).Append(resource).Select(r => r.Name);
                throw new DistributedApplicationException($"These resources wait for each other, so none of them would ever start: {string.Join(" -> ", cycle)}. Remove one WaitFor.");
            }

            path.Add(resource);
            foreach (var next in Of(resource))
                Visit(next, path);
            path.RemoveAt(path.Count - 1);
        }
    }

    /// <summary>Groups of resources, those that nobody depends on first.</summary>
    public static IReadOnlyList<IReadOnlyList<IResource>> InStopOrder(IEnumerable<IResource> resources) =>
        [.. resources.GroupBy(Depth).OrderByDescending(g => g.Key).Select(g => (IReadOnlyList<IResource>)[.. g])];

    /// <summary>Completes when every replica of the other resource is as far as it has to be.</summary>
    /// <exception cref="DistributedApplicationException">It will never be.</exception>
    public static Task WaitAsync(WaitAnnotation wait, IResource waiting, ResourceNotificationService notifications, CancellationToken cancellationToken) =>
        Task.WhenAll(notifications.IdsOf(wait.Resource).Select(id => WaitAsync(id, wait, waiting, notifications, cancellationToken)));

    private static async Task WaitAsync(string id, WaitAnnotation wait, IResource waiting, ResourceNotificationService notifications, CancellationToken cancellationToken)
    {
        // Nobody could start the other one by hand here, so waiting for it goes on only when that was asked for.
        var goesOn = wait.WaitBehavior == WaitBehavior.WaitOnResourceUnavailable;
        var found = await notifications.WaitForResourceAsync(
            wait.Resource.Name, e => e.ResourceId == id && (IsThere(e.Snapshot) || (IsOver(e.Snapshot) && (!goesOn || wait.WaitType == WaitType.WaitForCompletion))), cancellationToken)
            .ConfigureAwait(false);
        if (!IsThere(found.Snapshot))
        {
            var code = found.Snapshot.ExitCode is { } exited ? $" with code {exited}" : "";
            throw new DistributedApplicationException(
                $"'{waiting.Name}' waits for '{wait.Resource.Name}' {Wanted()}, but that is {found.Snapshot.State!.Text}{code}. The log of '{wait.Resource.Name}' says why.");
        }

        if (wait.WaitType == WaitType.WaitUntilHealthy)
            await found.Snapshot.Ready!.WaitAsync(cancellationToken).ConfigureAwait(false);

        bool IsThere(CustomResourceSnapshot snapshot) => wait.WaitType switch
        {
            WaitType.WaitUntilHealthy => snapshot is { HealthStatus: HealthStatus.Healthy, Ready: not null },
            WaitType.WaitUntilStarted => snapshot.State?.Text == KnownResourceStates.Running || (snapshot.StartTimeStamp is not null && IsOver(snapshot)),
            _ => IsOver(snapshot) && snapshot.ExitCode == wait.ExitCode,
        };
        string Wanted() => wait.WaitType switch
        {
            WaitType.WaitUntilHealthy => "to be healthy",
            WaitType.WaitUntilStarted => "to start",
            _ => $"to exit with code {wait.ExitCode}",
        };
    }

    private static bool IsOver(CustomResourceSnapshot snapshot) =>
        snapshot.State is { Text: var state } && (KnownResourceStates.TerminalStates.Contains(state) || state == KnownResourceStates.ValueMissing);

    private static int Depth(IResource resource) => Of(resource).Select(Depth).DefaultIfEmpty(-1).Max() + 1;

    private static IEnumerable<IResource> Of(IResource resource) => resource.Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource);
}
