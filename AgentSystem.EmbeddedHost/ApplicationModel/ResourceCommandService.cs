namespace Aspire.Hosting.ApplicationModel;

/// <summary>Gives commands to resources.</summary>
public class ResourceCommandService
{
    private readonly ResourceNotificationService _notifications;
    private readonly ResourceLoggerService _logs;
    private readonly IServiceProvider _services;

    internal ResourceCommandService(ResourceNotificationService notifications, ResourceLoggerService logs, IServiceProvider services) =>
        (_notifications, _logs, _services) = (notifications, logs, services);

    /// <summary>Gives a command to the replica with this id, or to the resource with this name.</summary>
    /// <returns>How it went; an unknown resource, an unknown command or one that cannot be given now is a failure that says so.</returns>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(string resourceId, string commandName, CancellationToken cancellationToken = default) =>
        _notifications.TryGetCurrentState(resourceId, out var current)
            ? await ExecuteAsync(current, commandName, cancellationToken).ConfigureAwait(false)
            : CommandResults.Failure($"There is no resource '{resourceId}'.");

    /// <summary>Gives a command to the resource.</summary>
    public Task<ExecuteCommandResult> ExecuteCommandAsync(IResource resource, string commandName, CancellationToken cancellationToken = default) =>
        ExecuteCommandAsync(_notifications.IdsOf(resource)[0], commandName, cancellationToken);

    private async Task<ExecuteCommandResult> ExecuteAsync(ResourceEvent current, string commandName, CancellationToken cancellationToken)
    {
        var name = current.Resource.Name;
        var commands = current.Resource.Annotations.OfType<ResourceCommandAnnotation>().ToArray();
        if (commands.FirstOrDefault(c => c.Name == commandName) is not { } command)
            return CommandResults.Failure($"'{name}' has no command '{commandName}'. It has: {string.Join(", ", commands.Select(c => c.Name))}.");
        if (command.UpdateState(new() { ResourceSnapshot = current.Snapshot, Services = _services }) != ResourceCommandState.Enabled)
            return CommandResults.Failure($"'{name}' cannot {commandName} while it is {current.Snapshot.State?.Text}.");
        try
        {
            return await command.ExecuteCommand(new()
            {
                Services = _services,
                ResourceName = current.ResourceId,
                Logger = _logs.GetLogger(current.Resource),
                CancellationToken = cancellationToken,
            }).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
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
