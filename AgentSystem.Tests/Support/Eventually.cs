using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace AgentSystem.Tests.Support;

/// <summary>
/// Waits for state that no event announces (another process's, a file's), for a bounded time, and says what it waited for in vain.
/// What can be awaited, await.
/// </summary>
public static class Eventually
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(20), Interval = TimeSpan.FromMilliseconds(10);

    /// <summary>Waits until <paramref name="condition"/> holds.</summary>
    public static Task True(
        Func<bool> condition, TimeSpan? timeout = null, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        Poll(() => Task.FromResult(condition()), timeout, what);

    /// <summary>Waits until <paramref name="condition"/> holds.</summary>
    public static Task True(
        Func<Task<bool>> condition, TimeSpan? timeout = null, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        Poll(condition, timeout, what);

    /// <summary>Waits until <paramref name="probe"/> answers something other than null, and returns that.</summary>
    public static async Task<T> NotNull<T>(
        Func<Task<T?>> probe, TimeSpan? timeout = null, [CallerArgumentExpression(nameof(probe))] string what = "")
        where T : class
    {
        T? found = null;
        await Poll(async () => (found = await probe()) is not null, timeout, what);
        return found!;
    }

    /// <summary>Waits until what <paramref name="probe"/> answers is <paramref name="enough"/>, and returns that.</summary>
    public static async Task<T> Get<T>(
        Func<Task<T>> probe, Func<T, bool> enough, TimeSpan? timeout = null, [CallerArgumentExpression(nameof(enough))] string what = "")
    {
        T last = default!;
        await Poll(async () => enough(last = await probe()), timeout, what);
        return last;
    }

    private static async Task Poll(Func<Task<bool>> condition, TimeSpan? timeout, string what)
    {
        var limit = timeout ?? DefaultTimeout;
        var watch = Stopwatch.StartNew();
        using var again = new PeriodicTimer(Interval);
        Exception? last = null;
        while (true)
        {
            try
            {
                if (await condition())
                    return;
                last = null;
            }
            // What is still starting refuses connections and has half its files; that is one way of "not yet".
            catch (Exception e) when (e is IOException or HttpRequestException or UnauthorizedAccessException or OperationCanceledException)
            {
                last = e;
            }
            if (watch.Elapsed > limit)
                throw new TimeoutException($"Waited {limit.TotalSeconds:0.#} s in vain for: {what}{(last is null ? "" : $" (last: {last.Message})")}", last);
            await again.WaitForNextTickAsync();
        }
    }
}
