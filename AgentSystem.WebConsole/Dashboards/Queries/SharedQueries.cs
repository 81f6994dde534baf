using System.Collections.Concurrent;
using AgentSystem.WebConsole.Backends;

namespace AgentSystem.WebConsole.Dashboards.Queries;

/// <summary>
/// Asks a backend once for what several panels or people ask for at the same time, and never too much at once. Since ranges are aligned to
/// their steps, panels with the same query ask the same question for as long as a step.
/// </summary>
public sealed class SharedQueries(TimeProvider time) : IDisposable
{
    /// <summary>An answer is good for this long; a change of the data shows one refresh later at most.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(2);

    internal const int PlacesEach = 8;

    // Prometheus works on 20 queries at once and puts the others into a queue, in which those of alerts would wait too. Each backend has its own
    // places, so that one that takes long does not keep the others from being asked.
    private readonly Dictionary<Backend, SemaphoreSlim> _places = Enum.GetValues<Backend>().ToDictionary(backend => backend, _ => new SemaphoreSlim(PlacesEach));
    private readonly ConcurrentDictionary<(Type, Backend, string), Entry> _entries = new();

    /// <summary>The answer to a question.</summary>
    /// <param name="backend">Who is asked.</param>
    /// <param name="key">Names the question.</param>
    /// <param name="ask">Asks it. It goes on when one of those who wait gives up.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public Task<Answer<T>> AskAsync<T>(Backend backend, string key, Func<CancellationToken, Task<Answer<T>>> ask, CancellationToken cancellation)
    {
        var now = time.GetTimestamp();
        foreach (var (old, entry) in _entries)
            if (entry.Task is { IsCompleted: true } && time.GetElapsedTime(entry.Asked, now) > Freshness)
                _entries.TryRemove(new(old, entry));
        var shared = _entries.GetOrAdd((typeof(T), backend, key), _ => new(now, new Lazy<Task>(() => RunAsync(_places[backend], ask))));
        return ((Task<Answer<T>>)shared.Work.Value).WaitAsync(cancellation);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var places in _places.Values)
            places.Dispose();
    }

    private static async Task<Answer<T>> RunAsync<T>(SemaphoreSlim places, Func<CancellationToken, Task<Answer<T>>> ask)
    {
        await places.WaitAsync(CancellationToken.None);
        try
        {
            return await ask(CancellationToken.None);
        }
        finally
        {
            places.Release();
        }
    }

    private sealed record Entry(long Asked, Lazy<Task> Work)
    {
        internal Task? Task => Work.IsValueCreated ? Work.Value : null;
    }
}
