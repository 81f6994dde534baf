using System.Diagnostics;

namespace AgentSystem.Benchmarks.Chaos;

/// <summary>Waits for what only asking tells.</summary>
internal static class Poll
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Waits until the condition holds. What does not answer yet may later.</summary>
    internal static async Task UntilAsync(Func<Task<bool>> condition, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Interval);
        do
        {
            try
            {
                if (await condition())
                    return;
            }
            catch (Exception e) when (e is HttpRequestException or IOException || e is TaskCanceledException && !cancellation.IsCancellationRequested)
            {
            }
        }
        while (await timer.WaitForNextTickAsync(cancellation));
    }

    /// <summary>Waits so until it holds, at most for a time; how long that took, or null when it was in vain.</summary>
    internal static async Task<TimeSpan?> WithinAsync(TimeSpan limit, Func<Task<bool>> condition, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(limit);
        try
        {
            await UntilAsync(condition, bound.Token);
            return Stopwatch.GetElapsedTime(began);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }
}
