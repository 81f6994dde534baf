using System.ComponentModel.DataAnnotations;

namespace AgentSystem.Alerting.Incidents;

/// <summary>What the alerting service has to know about incidents: section <c>Alerting</c>.</summary>
public sealed class AlertingOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Alerting";

    /// <summary>The environment variable that names the file of the incidents.</summary>
    public const string DatabaseVariable = "ALERTING_DB";

    /// <summary>The file that incidents are kept in (<c>ALERTING_DB</c>).</summary>
    [Required(ErrorMessage = "Say where incidents are kept: set ALERTING_DB to a file on a disk that outlives the process.")]
    public string Database { get; set; } = "";

    /// <summary>Address of the console, for links in messages; without one there are none.</summary>
    public string ConsoleUrl { get; set; } = "";

    /// <summary>How far apart alerts may begin that are part of one incident by what they are about.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "Alerting:CorrelationWindow must lie between 1 s and 1 day.")]
    public TimeSpan CorrelationWindow { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long after its end an incident is opened again when one of its alerts comes back.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00", ErrorMessage = "Alerting:ReopenWindow must lie between 0 and 1 day.")]
    public TimeSpan ReopenWindow { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>From so many beginnings and ends within <see cref="FlapWindow"/> on an alert flaps.</summary>
    [Range(3, 100, ErrorMessage = "Alerting:FlapChanges must lie between 3 and 100.")]
    public int FlapChanges { get; set; } = 4;

    /// <summary>See <see cref="FlapChanges"/>.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "Alerting:FlapWindow must lie between 1 s and 1 day.")]
    public TimeSpan FlapWindow { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>A flapping alert is over, and with it its incident, after this time without a change.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "Alerting:FlapQuiet must lie between 1 s and 1 day.")]
    public TimeSpan FlapQuiet { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How often it is looked for what is over, and Alertmanager is asked what it keeps from being told.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:10:00", ErrorMessage = "Alerting:LookInterval must lie between 50 ms and 10 min.")]
    public TimeSpan LookInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often the orchestrator is asked which questions there are.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:10:00", ErrorMessage = "Alerting:QuestionInterval must lie between 50 ms and 10 min.")]
    public TimeSpan QuestionInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// A firing alert that Alertmanager has not known for this time has ended unheard. Longer than a Prometheus that comes back needs to have it fire again:
    /// its <c>for</c> begins anew, or ends after ten minutes (<c>--rules.alert.for-grace-period</c>).
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "Alerting:LostAfter must lie between 1 s and 1 day.")]
    public TimeSpan LostAfter { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Prometheus is silent when its alert that always fires was not heard for this time.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "Alerting:WatchdogSilence must lie between 1 s and 1 day.")]
    public TimeSpan WatchdogSilence { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long Prometheus takes at most to repeat an alert: a minute (its flag <c>--rules.alert.resend-delay</c>) and the evaluation that follows.
    /// Alertmanager keeps an alert for four times the flag after the last time.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00", ErrorMessage = "Alerting:WatchdogRepeat must lie between 100 ms and 1 h.")]
    public TimeSpan WatchdogRepeat { get; set; } = TimeSpan.FromSeconds(65);

    /// <summary>How long incidents are kept after they are over. Zero: for ever.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00", ErrorMessage = "Alerting:Retention must lie between 0 (for ever) and 3650 days.")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(90);

    internal const string CannotHearInTime =
        "Alerting:WatchdogSilence must be twice Alerting:WatchdogRepeat and Alerting:LookInterval together at least: it is heard no more often than that.";

    internal bool CanHearInTime => WatchdogSilence / 2 >= LookInterval + WatchdogRepeat;

    /// <summary>
    /// After this silence an end may be none. That is later than it is heard where all is well, and sooner than Alertmanager lets go of an alert,
    /// however long a silence is taken for.
    /// </summary>
    internal TimeSpan WatchdogDoubt
    {
        get
        {
            var soonest = WatchdogRepeat + (LookInterval > WatchdogRepeat ? LookInterval : WatchdogRepeat);
            return WatchdogSilence / 2 < soonest ? WatchdogSilence / 2 : soonest;
        }
    }

    internal Correlator Correlator => new(CorrelationWindow);

    internal FlapDetector Flaps => new(FlapChanges, FlapWindow, FlapQuiet);
}
