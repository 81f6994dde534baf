namespace AgentSystem.Workers.Status;

/// <summary>
/// Lets through as much progress as a person can read: changes of at least a hundredth, at most five a second. Safe for concurrent use.
/// </summary>
public sealed class ProgressThrottle(TimeProvider time)
{
    /// <summary>The shortest time between two lines.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private const double Step = 0.01;
    private readonly Lock _gate = new();
    private long? _lastTime;
    private double _last;

    /// <summary>Whether <paramref name="progress"/> is worth a line now; remembers it if so.</summary>
    public bool Admits(double progress)
    {
        lock (_gate)
        {
            // The tolerance keeps 0.30 - 0.29 from counting as less than a hundredth.
            if (_lastTime is { } last && (time.GetElapsedTime(last) < Interval || Math.Abs(progress - _last) < Step - 1e-9))
                return false;
            _lastTime = time.GetTimestamp();
            _last = progress;
            return true;
        }
    }
}
