using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Execution;

/// <summary>Lets people start, stop and restart a resource's processes.</summary>
internal static class LifeCycleCommands
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(8);

    public static void Add(IResource resource, ProcessLife life)
    {
        Command(KnownResourceCommands.StartCommand, "Start", "Play", state => !IsAlive(state), () =>
        {
            life.Start();
            return Task.CompletedTask;
        });
        Command(KnownResourceCommands.StopCommand, "Stop", "Stop", state => IsAlive(state) || state == KnownResourceStates.Waiting, () => life.StopAsync(Grace));
        Command(KnownResourceCommands.RestartCommand, "Restart", "ArrowCounterclockwise", IsAlive, async () =>
        {
            await life.StopAsync(Grace).ConfigureAwait(false);
            life.Start();
        });

        void Command(string name, string displayName, string icon, Func<string?, bool> enabled, Func<Task> execute) => resource.Annotations.Add(new ResourceCommandAnnotation(
            name, displayName, context => enabled(context.ResourceSnapshot.State?.Text) ? ResourceCommandState.Enabled : ResourceCommandState.Disabled,
            async _ =>
            {
                await execute().ConfigureAwait(false);
                return CommandResults.Success();
            }, displayDescription: null, parameter: null, confirmationMessage: null, icon, IconVariant.Filled, isHighlighted: true));
    }

    private static bool IsAlive(string? state) => state == KnownResourceStates.Running || state == KnownResourceStates.Starting;
}
