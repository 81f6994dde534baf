namespace Aspire.Hosting.ApplicationModel;

/// <summary>Gives commands to resources. Whether a command can be given now is for people to see; who calls it here may give it any time.</summary>
public class ResourceCommandService
{
    private readonly ResourceNotificationService _notifications;
    private readonly ResourceLoggerService _logs;
    private readonly IServiceProvider _services;

    internal ResourceCommandService(ResourceNotificationService notifications, ResourceLoggerService logs, IServiceProvider services) =>
        (_notifications, _logs, _services) = (notifications, logs, services);

    /// <summary>Gives a command to the replica with this id, or to the resource with this name when it has only one.</summary>
    /// <returns>How it went; an unknown resource or command is a failure that says so.</returns>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(string resourceId, string commandName, CancellationToken cancellationToken = default) =>
        _notifications.TryGetCurrentState(resourceId, out var current)
            ? await ExecuteAsync(current.Resource, current.ResourceId, commandName, cancellationToken).ConfigureAwait(false)
            : CommandResults.Failure($"There is no resource '{resourceId}', or it has several replicas: name one of them.");

    /// <summary>Gives a command to each replica of the resource, to all at once.</summary>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(IResource resource, string commandName, CancellationToken cancellationToken = default)
    {
        var ids = ReplicaIds.Of(resource);
        var results = await Task.WhenAll(ids.Select(id => ExecuteAsync(resource, id, commandName, cancellationToken))).ConfigureAwait(false);
        if (results.Length == 1)
            return results[0];
        var failed = ids.Zip(results).Where(one => one.Second is { Success: false, Canceled: false }).Select(one => $"{one.First}: {one.Second.Message}").ToArray();
        return failed.Length > 0 ? CommandResults.Failure($"{failed.Length} of {ids.Count} replicas failed.\n{string.Join('\n', failed)}")
            : results.Any(result => result.Canceled) ? CommandResults.Canceled()
            : CommandResults.Success();
    }

    private async Task<ExecuteCommandResult> ExecuteAsync(IResource resource, string id, string commandName, CancellationToken cancellationToken)
    {
        var commands = resource.Annotations.OfType<ResourceCommandAnnotation>().ToArray();
        if (commands.FirstOrDefault(c => string.Equals(c.Name, commandName, StringComparison.OrdinalIgnoreCase)) is not { } command)
            return CommandResults.Failure($"'{resource.Name}' has no command '{commandName}'. It has: {string.Join(", ", commands.Select(c => c.Name))}.");
        try
        {
            return await command.ExecuteCommand(new()
            {
                Services = _services,
                ResourceName = id,
                Logger = _logs.GetLogger(id),
                CancellationToken = cancellationToken,
            }).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return CommandResults.Canceled();
        }
        catch (Exception e)
        {
            // Whatever a command fails of is its result, not the host's end.
            return CommandResults.Failure(e);
        }
    }
}
