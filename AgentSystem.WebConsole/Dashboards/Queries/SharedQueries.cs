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

    // Prometheus works on 20 queries at once and puts the others into a queue, in which those of alerts would wait too.
    private readonly SemaphoreSlim _places = new(8);
    private readonly ConcurrentDictionary<(Type, string), Entry> _entries = new();

    /// <summary>The answer to a question.</summary>
    /// <param name="key">Names the question.</param>
    /// <param name="ask">Asks it. It goes on when one of those who wait gives up.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public Task<Answer<T>> AskAsync<T>(string key, Func<CancellationToken, Task<Answer<T>>> ask, CancellationToken cancellation)
    {
        var now = time.GetTimestamp();
        foreach (var (old, entry) in _entries)
            if (entry.Task is { IsCompleted: true } && time.GetElapsedTime(entry.Asked, now) > Freshness)
                _entries.TryRemove(new(old, entry));
        var shared = _entries.GetOrAdd((typeof(T), key), _ => new(now, new Lazy<Task>(() => RunAsync(ask))));
        return ((Task<Answer<T>>)shared.Work.Value).WaitAsync(cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();

    private async Task<Answer<T>> RunAsync<T>(Func<CancellationToken, Task<Answer<T>>> ask)
    {
        await _places.WaitAsync(CancellationToken.None);
        try
        {
            return await ask(CancellationToken.None);
        }
        finally
        {
            _places.Release();
        }
    }

    private sealed record Entry(long Asked, Lazy<Task> Work)
    {
        internal Task? Task => Work.IsValueCreated ? Work.Value : null;
    }
}
