using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Execution;

/// <summary>Lets people start, stop and restart a resource's processes, each by itself.</summary>
internal static class LifeCycleCommands
{
    public static void Add(IResource resource, ResourceLife life)
    {
        Command(KnownResourceCommands.StartCommand, "Start", "Play", IconVariant.Filled, isHighlighted: true, StateOfStart, life.StartAsync, "started");
        Command(KnownResourceCommands.StopCommand, "Stop", "Stop", IconVariant.Filled, isHighlighted: true, StateOfStop, life.StopAsync, "stopped");
        Command(KnownResourceCommands.RestartCommand, "Restart", "ArrowCounterclockwise", IconVariant.Regular, isHighlighted: false, StateOfRestart, async id =>
        {
            await life.StopAsync(id).ConfigureAwait(false);
            await life.StartAsync(id).ConfigureAwait(false);
        }, "restarted");

        void Command(
            string name, string displayName, string icon, IconVariant variant, bool isHighlighted, Func<string?, ResourceCommandState> state, Func<string, Task> execute, string done) =>
            resource.Annotations.Add(new ResourceCommandAnnotation(
                name, displayName, context => state(context.ResourceSnapshot.State?.Text),
                async context =>
                {
                    await execute(context.ResourceName).ConfigureAwait(false);
                    return CommandResults.Success($"'{context.ResourceName}' {done}.");
                }, $"{displayName} the resource.", parameter: null, confirmationMessage: null, icon, variant, isHighlighted));
    }

    private static ResourceCommandState StateOfStart(string? state) =>
        IsOnItsWay(state) ? ResourceCommandState.Disabled
        : IsStopped(state) || state == KnownResourceStates.Waiting ? ResourceCommandState.Enabled
        : ResourceCommandState.Hidden;

    private static ResourceCommandState StateOfStop(string? state) =>
        state == KnownResourceStates.Stopping ? ResourceCommandState.Disabled
        : IsStopped(state) || IsOnItsWay(state) || state == KnownResourceStates.Waiting ? ResourceCommandState.Hidden
        : ResourceCommandState.Enabled;

    private static ResourceCommandState StateOfRestart(string? state) =>
        IsStopped(state) || IsOnItsWay(state) || state == KnownResourceStates.Waiting || state == KnownResourceStates.Stopping ? ResourceCommandState.Disabled : ResourceCommandState.Enabled;

    private static bool IsOnItsWay(string? state) =>
        string.IsNullOrEmpty(state) || state == KnownResourceStates.Starting || state == KnownResourceStates.RuntimeUnhealthy;

    private static bool IsStopped(string? state) => state == KnownResourceStates.NotStarted || (state is not null && KnownResourceStates.TerminalStates.Contains(state));
}
