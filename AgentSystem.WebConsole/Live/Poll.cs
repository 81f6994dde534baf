using AgentSystem.WebConsole.Backends;

namespace AgentSystem.WebConsole.Live;

/// <summary>One question that is asked again and again for as long as somebody wants the answers, and a little longer.</summary>
/// <param name="ask">The question.</param>
/// <param name="ended">Told when nobody has wanted the answers for that while: this poll is of no use any more.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told of mistakes.</param>
/// <param name="stopping">Ends it.</param>
internal sealed partial class Poll<T>(
    Func<CancellationToken, Task<Answer<T>>> ask, Action<Poll<T>> ended, TimeProvider time, ILogger logger, CancellationToken stopping)
{
    // Somebody who goes from page to page finds the answers still there.
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(10);

    // However often something happens, the question is asked at most that often.
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(500), ShortestOfEvents = TimeSpan.FromSeconds(1);

    // What happens to a task comes in bursts: its first event is not worth a question of its own. All polls hear of it at once, and whoever they ask is not to
    // be asked by all of them at once.
    private static readonly TimeSpan ShortestBurst = TimeSpan.FromMilliseconds(250), LongestBurst = TimeSpan.FromMilliseconds(500);

    private readonly TimeSpan _burst = ShortestBurst + (LongestBurst - ShortestBurst) * Random.Shared.NextDouble();
    private readonly Lock _lock = new();
    private readonly List<Watcher<T>> _watchers = [];
    private TaskCompletionSource _wake = NewWake();
    private Live<T> _latest = new();
    private bool _isRunning;
    private bool _hasEnded;
    private DateTimeOffset _asked = time.GetUtcNow();
    private DateTimeOffset? _due;

    /// <summary>False when this poll has ended and another one has to take its place.</summary>
    internal bool TryAdd(Watcher<T> watcher)
    {
        Live<T> latest;
        lock (_lock)
        {
            if (_hasEnded)
                return false;
            _watchers.Add(watcher);
            latest = _latest;
            if (_isRunning)
                Wake();
            else
                _ = RunAsync();
            _isRunning = true;
        }
        if (!latest.IsWaiting)
            watcher.Changed(latest);
        return true;
    }

    internal void Remove(Watcher<T> watcher)
    {
        lock (_lock)
        {
            _watchers.Remove(watcher);
            // The next question may be a day away.
            if (_watchers.Count == 0)
                Wake();
        }
    }

    internal void Change(Watcher<T> watcher, TimeSpan interval)
    {
        lock (_lock)
        {
            if (watcher.Interval == interval)
                return;
            watcher.Interval = interval;
            Wake();
        }
    }

    /// <summary>Asks without waiting for the time.</summary>
    internal void AskNow()
    {
        lock (_lock)
            AskAt(_asked + ShortestInterval);
    }

    /// <summary>Asks once what happens now is over, and not as often as it happens.</summary>
    internal void AskSoon()
    {
        lock (_lock)
        {
            var (burst, shortest) = (time.GetUtcNow() + _burst, _asked + ShortestOfEvents);
            AskAt(burst > shortest ? burst : shortest);
        }
    }

    private void AskAt(DateTimeOffset moment)
    {
        if (_due <= moment)
            return;
        _due = moment;
        Wake();
    }

    private void Wake() => _wake.TrySetResult();

    private static TaskCompletionSource NewWake() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RunAsync()
    {
        // Not on the thread of whoever came first.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        using var untraced = Untraced.Start();
        var emptySince = (DateTimeOffset?)null;
        while (!_hasEnded && !stopping.IsCancellationRequested)
        {
            lock (_lock)
                _asked = time.GetUtcNow();
            if (await AskAsync() is { } latest)
                Tell(latest);
            while (!stopping.IsCancellationRequested)
            {
                TimeSpan wait;
                Task wake;
                lock (_lock)
                {
                    if (_watchers.Count == 0)
                    {
                        emptySince ??= time.GetUtcNow();
                        wait = emptySince.Value + Linger - time.GetUtcNow();
                        if (wait <= TimeSpan.Zero)
                        {
                            _hasEnded = true;
                            break;
                        }
                    }
                    else
                    {
                        emptySince = null;
                        var next = _asked + _watchers.Min(w => w.Interval);
                        wait = (_due < next ? _due.Value : next) - time.GetUtcNow();
                        if (wait <= TimeSpan.Zero)
                        {
                            _due = null;
                            break;
                        }
                    }
                    if (_wake.Task.IsCompleted)
                        _wake = NewWake();
                    wake = _wake.Task;
                }
                await wake.WaitAsync(wait, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        ended(this);
    }

    private async Task<Live<T>?> AskAsync()
    {
        try
        {
            var answer = await ask(stopping);
            lock (_lock)
                return _latest = _latest.Next(answer, time.GetUtcNow());
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return null;
        }
#pragma warning disable CA1031 // A mistake of ours in one question must not end it for all who watch.
        catch (Exception e)
        {
            LogFailed(logger, e);
            lock (_lock)
                return _latest.IsWaiting ? _latest = new(Mistake: e) : null;
        }
#pragma warning restore CA1031
    }

    private void Tell(Live<T> latest)
    {
        Watcher<T>[] watchers;
        lock (_lock)
            watchers = [.. _watchers];
        foreach (var watcher in watchers)
            watcher.Changed(latest);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A poll failed; it goes on")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
