namespace AgentSystem.WebConsole.Live;

/// <summary>One clock's tick a second for all that show how long something is or was ago.</summary>
public sealed class Ticker(TimeProvider time) : IDisposable
{
    private readonly Lock _lock = new();
    private ITimer? _timer;
    private Action? _ticked;

    /// <summary>Every second, on a thread of the timer. There is no tick while nobody listens.</summary>
    public event Action Ticked
    {
        add
        {
            lock (_lock)
            {
                _ticked += value;
                _timer ??= time.CreateTimer(_ => _ticked?.Invoke(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
            }
        }
        remove
        {
            lock (_lock)
            {
                _ticked -= value;
                if (_ticked is not null)
                    return;
                _timer?.Dispose();
                _timer = null;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();
}
