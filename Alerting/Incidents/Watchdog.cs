using Microsoft.Extensions.Options;

namespace AgentSystem.Alerting.Incidents;

/// <summary>
/// The dead man's switch: Prometheus has one alert fire all the time and repeats it to Alertmanager every minute. When that stops, nobody would be told of
/// anything, and Alertmanager takes what fires for over after four minutes. It is heard in Alertmanager's API, and counts once it was heard.
/// </summary>
public sealed class Watchdog(IOptions<AlertingOptions> options, TimeProvider time)
{
    /// <summary>The alert that always fires.</summary>
    public const string AlertName = "Watchdog";

    private readonly Lock _gate = new();
    private long? _heardAt;
    private DateTimeOffset? _update;
    private (DateTimeOffset From, DateTimeOffset To) _gap;

    /// <summary>Whether it has been silent for so long that people have to know.</summary>
    public bool IsSilent => Silence >= options.Value.WatchdogSilence;

    /// <summary>
    /// Whether an alert that ends now may have been let go of, because Prometheus does not repeat it. That is so well before the silence is long enough to
    /// be sure.
    /// </summary>
    public bool IsInDoubt => Silence >= options.Value.WatchdogDoubt;

    /// <summary>
    /// Whether Prometheus was silent then, so that an end of that time was Alertmanager's own doing. It tells of ends a while after them, and Prometheus
    /// may be back by then. What ended before one repetition was due, Prometheus may have said itself.
    /// </summary>
    public bool WasSilentAt(DateTimeOffset time)
    {
        lock (_gate)
            return time > _gap.From + options.Value.WatchdogRepeat && time < _gap.To;
    }

    private TimeSpan? Silence
    {
        get
        {
            lock (_gate)
                return _heardAt is { } at ? time.GetElapsedTime(at) : null;
        }
    }

    /// <summary>It was heard before this process began: silence counts from now on.</summary>
    public void Expect()
    {
        lock (_gate)
            _heardAt ??= time.GetTimestamp();
    }

    /// <summary>Takes in when Alertmanager last heard of it; whether that is news.</summary>
    public bool Hear(DateTimeOffset update)
    {
        lock (_gate)
        {
            // By our own clock: the other one may be wrong, and neither counts while the machine sleeps.
            if (update == _update)
                return false;
            if (_update is { } last && update - last >= options.Value.WatchdogDoubt)
                _gap = (last, update);
            (_update, _heardAt) = (update, time.GetTimestamp());
            return true;
        }
    }
}
