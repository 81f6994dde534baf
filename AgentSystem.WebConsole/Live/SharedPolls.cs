using System.Collections.Concurrent;
using AgentSystem.WebConsole.Backends;

namespace AgentSystem.WebConsole.Live;

/// <summary>
/// Asks once for everybody: all pages that watch the same thing share one poll, which starts with the first and ends after the last of them.
/// So the load on a backend does not depend on how many people look.
/// </summary>
public sealed class SharedPolls(TimeProvider time, IHostApplicationLifetime host, ILogger<SharedPolls> logger)
{
    private readonly ConcurrentDictionary<(Type, string), object> _polls = new();

    /// <summary>Watches something. The newest that is known is told at once, before this returns.</summary>
    /// <param name="key">Names the question: the same key has to mean the same question, and the shortest interval of its watchers holds.</param>
    /// <param name="interval">From the end of one answer to the next question.</param>
    /// <param name="ask">The question.</param>
    /// <param name="changed">Told of each answer, on a thread of the poll.</param>
    /// <returns>Ends the watch when disposed.</returns>
    public PollWatch Watch<T>(string key, TimeSpan interval, Func<CancellationToken, Task<Answer<T>>> ask, Action<Live<T>> changed)
    {
        while (true)
        {
            var poll = (Poll<T>)_polls.GetOrAdd((typeof(T), key), _ => new Poll<T>(ask, Forget, time, logger, host.ApplicationStopping));
            var watcher = new Watcher<T>(interval, changed);
            if (poll.TryAdd(watcher))
                return new(() => poll.Remove(watcher), poll.AskNow, poll.AskSoon, every => poll.Change(watcher, every));
            // It ended between our finding and our joining it.
            Forget(poll);
        }

        // The question holds the page that asked it first, and the poll the last answer.
        void Forget(Poll<T> poll) => _polls.TryRemove(new((typeof(T), key), poll));
    }

    /// <summary>The number of questions that are kept, for tests and measurements.</summary>
    internal int Count => _polls.Count;
}

/// <summary>A place at a shared poll.</summary>
public sealed class PollWatch(Action stop, Action askNow, Action askSoon, Action<TimeSpan> change) : IDisposable
{
    /// <summary>Asks now instead of when it is time, for example because something was changed.</summary>
    public void AskNow() => askNow();

    /// <summary>The same where something happens to many at once: in a moment, and once a second at most.</summary>
    public void AskSoon() => askSoon();

    /// <summary>Wants the answers more or less often from now on.</summary>
    public void Every(TimeSpan interval) => change(interval);

    /// <summary>Ends the watch.</summary>
    public void Dispose() => stop();
}

internal sealed class Watcher<T>(TimeSpan interval, Action<Live<T>> changed)
{
    internal TimeSpan Interval { get; set; } = interval;

    internal Action<Live<T>> Changed => changed;
}
