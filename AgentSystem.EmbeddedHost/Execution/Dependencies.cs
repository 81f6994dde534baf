using Aspire.Hosting.ApplicationModel;

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
        [.. resources.Where(r => r is ProjectResource or ExecutableResource).GroupBy(Depth).OrderByDescending(g => g.Key).Select(g => (IReadOnlyList<IResource>)[.. g])];

    public static async Task WaitAsync(WaitAnnotation wait, IResource waiting, ResourceNotificationService notifications, CancellationToken cancellationToken)
    {
        var name = wait.Resource.Name;
        switch (wait.WaitType)
        {
            case WaitType.WaitUntilHealthy:
                await notifications.WaitForResourceHealthyAsync(name, WaitBehavior.StopOnResourceUnavailable, cancellationToken).ConfigureAwait(false);
                break;
            case WaitType.WaitUntilStarted:
                var state = await notifications.WaitForResourceAsync(name, [KnownResourceStates.Running, .. KnownResourceStates.TerminalStates], cancellationToken).ConfigureAwait(false);
                if (state == KnownResourceStates.FailedToStart)
                    throw new DistributedApplicationException($"'{waiting.Name}' waits for '{name}', which failed to start.");
                break;
            default:
                var done = await notifications.WaitForResourceAsync(name, e => KnownResourceStates.TerminalStates.Contains(e.Snapshot.State?.Text), cancellationToken).ConfigureAwait(false);
                if (done.Snapshot.ExitCode != wait.ExitCode)
                    throw new DistributedApplicationException($"'{waiting.Name}' waits for '{name}' to exit with code {wait.ExitCode}, but it ended as {done.Snapshot.State!.Text} with code {done.Snapshot.ExitCode}.");
                break;
        }
    }

    private static int Depth(IResource resource) => Of(resource).Select(Depth).DefaultIfEmpty(-1).Max() + 1;

    private static IEnumerable<IResource> Of(IResource resource) => resource.Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource);
}
