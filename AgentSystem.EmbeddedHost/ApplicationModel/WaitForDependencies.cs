using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Waits for what a resource has to wait for.</summary>
internal static class WaitForDependencies
{
    private const string Property = "resource.waitingFor";

    public static async Task Async(IResource resource, ResourceNotificationService notifications, WaitBehavior defaultBehavior, CancellationToken cancellationToken)
    {
        var waits = resource.Annotations.OfType<WaitAnnotation>().ToArray();
        if (waits.Length == 0)
            return;
        await notifications.PublishUpdateAsync(resource, s => IsBefore(s.State?.Text)
            ? s with { State = KnownResourceStates.Waiting, Properties = [.. s.Properties.Where(p => p.Name != Property), new(Property, waits.Select(wait => wait.Resource.Name).ToArray())] }
            : s).ConfigureAwait(false);
        // The first that will never come ends the wait for the others.
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var all = waits.SelectMany(wait => ReplicaIds.Of(wait.Resource).Select(id => Async(resource, wait, id, notifications, wait.WaitBehavior ?? defaultBehavior, over.Token))).ToList();
        try
        {
            await foreach (var one in Task.WhenEach(all).ConfigureAwait(false))
                await one.ConfigureAwait(false);
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            await notifications.PublishUpdateAsync(resource, s => s with { Properties = [.. s.Properties.Where(p => p.Name != Property)] }).ConfigureAwait(false);
        }
    }

    /// <summary>Whether the resource does not run and will not by itself.</summary>
    public static bool IsOver(CustomResourceSnapshot snapshot) => snapshot.State is { Text: var state } && (KnownResourceStates.TerminalStates.Contains(state) || state == KnownResourceStates.RuntimeUnhealthy);

    private static bool IsBefore(string? state) => state is null || state == KnownResourceStates.NotStarted || state == KnownResourceStates.Starting;

    private static async Task Async(
        IResource resource, WaitAnnotation wait, string id, ResourceNotificationService notifications, WaitBehavior behavior, CancellationToken cancellationToken)
    {
        var stops = wait.WaitType == WaitType.WaitForCompletion || behavior == WaitBehavior.StopOnResourceUnavailable;
        var found = await notifications.WaitForResourceAsync(wait.Resource.Name, e => e.ResourceId == id && (IsThere(e.Snapshot) || (stops && IsOver(e.Snapshot))), cancellationToken)
            .ConfigureAwait(false);
        if (!IsThere(found.Snapshot))
        {
            var code = found.Snapshot.ExitCode is { } exited ? $" with code {exited}" : "";
            throw new DistributedApplicationException(
                $"'{resource.Name}' waits for '{wait.Resource.Name}' {Wanted()}, but that is {found.Snapshot.State!.Text}{code}. The log of '{wait.Resource.Name}' says why.");
        }

        if (wait.WaitType == WaitType.WaitUntilHealthy)
            await found.Snapshot.Ready!.WaitAsync(cancellationToken).ConfigureAwait(false);

        bool IsThere(CustomResourceSnapshot snapshot) => wait.WaitType switch
        {
            WaitType.WaitUntilHealthy => snapshot is { HealthStatus: HealthStatus.Healthy, Ready: not null },
            WaitType.WaitUntilStarted => snapshot.State?.Text == KnownResourceStates.Running,
            _ => IsOver(snapshot) && snapshot.ExitCode == wait.ExitCode,
        };
        string Wanted() => wait.WaitType switch
        {
            WaitType.WaitUntilHealthy => "to be healthy",
            WaitType.WaitUntilStarted => "to start",
            _ => $"to exit with code {wait.ExitCode}",
        };
    }
}
