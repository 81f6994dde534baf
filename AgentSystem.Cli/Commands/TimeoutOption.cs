using System.CommandLine;
using AgentSystem.Cli.Terminal;

namespace AgentSystem.Cli.Commands;

/// <summary><c>--timeout</c>: how long a command waits at most.</summary>
internal static class TimeoutOption
{
    public static Option<TimeSpan?> New() => new("--timeout")
    {
        Description = "Give up waiting after this time, such as 90s, 10m or 2h.",
        HelpName = "duration",
        CustomParser = result =>
        {
            if (Durations.TryParse(result.Tokens[0].Value, out var duration))
                return duration;
            result.AddError($"'{result.Tokens[0].Value}' is no duration; write it as 90s, 10m, 2h or 1d.");
            return null;
        },
    };

    /// <exception cref="CliException"><paramref name="timeout"/> has passed; what was done so far stays done.</exception>
    public static async Task<T> LimitAsync<T>(
        TimeSpan? timeout, TimeProvider time, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        if (timeout is not { } limit)
            return await work(cancellationToken);
        using var clock = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellationToken);
        try
        {
            return await work(both.Token);
        }
        catch (OperationCanceledException) when (clock.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new CliException(ExitCode.TimedOut, $"not done within {Format.Duration(limit)}.", "The tasks go on; 'agentctl watch' or 'agentctl show' follow them.");
        }
    }
}
