using AgentSystem.Alerting.Incidents;
using AgentSystem.Protocol.Api;
using Prometheus;

namespace AgentSystem.Alerting.Notifications;

/// <summary>What came of an attempt to deliver a message.</summary>
internal static class Outcome
{
    internal const string Delivered = "delivered", Retried = "retried", Refused = "refused";

    internal static readonly string[] All = [Delivered, Retried, Refused];
}

/// <summary>What is counted of incidents and messages; every series is there from the start, at zero.</summary>
internal sealed class NotificationInstruments
{
    private readonly Counter _notifications;
    private readonly Gauge _open;
    private readonly Gauge _depth;
    private readonly Gauge _oldest;
    private readonly Gauge _inDoubt;
    private readonly string[] _channels;
    private readonly IncidentStore _store;
    private readonly TimeProvider _time;

    public NotificationInstruments(IMetricFactory metrics, CollectorRegistry registry, IEnumerable<IChannel> channels, IncidentStore store, TimeProvider time)
    {
        (_store, _time) = (store, time);
        _channels = [.. channels.Select(channel => channel.Name)];
        _notifications = metrics.CreateCounter("alerting_notifications_total", "Attempts to deliver a message, by what came of them.", ["channel", "outcome"]);
        _open = metrics.CreateGauge("alerting_incidents_open", "Incidents that are not over.", ["severity"]);
        _depth = metrics.CreateGauge("alerting_outbox_depth", "Messages that wait to be delivered.", ["channel"]);
        _oldest = metrics.CreateGauge("alerting_outbox_oldest_seconds", "How long the oldest message has been waiting to be delivered; 0 when there is none.");
        _inDoubt = metrics.CreateGauge("alerting_outbox_in_doubt", "Messages of which nobody knows whether they have arrived, and which are not sent again.", ["channel"]);
        foreach (var channel in _channels)
        {
            _inDoubt.WithLabels(channel).Set(0);
            _depth.WithLabels(channel).Set(0);
            foreach (var outcome in Outcome.All)
                _notifications.WithLabels(channel, outcome);
        }
        foreach (var severity in Enum.GetValues<AlertSeverity>())
            _open.WithLabels(severity.ToName()).Set(0);
        registry.AddBeforeCollectCallback(RefreshAsync);
    }

    public void Count(string channel, string outcome) => _notifications.WithLabels(channel, outcome).Inc();

    /// <summary>Looks at what is on disk, when somebody asks for metrics.</summary>
    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (waiting, doubted, active) = await _store.ReadAsync(session => (session.Waiting(), session.Doubted(), session.Active()), cancellationToken);
            foreach (var channel in _channels)
            {
                _depth.WithLabels(channel).Set(waiting.GetValueOrDefault(channel).Count);
                _inDoubt.WithLabels(channel).Set(doubted.GetValueOrDefault(channel));
            }
            _oldest.Set(waiting.Count == 0 ? 0 : Math.Max(0, (_time.GetUtcNow() - waiting.Values.Min(w => w.Oldest)).TotalSeconds));
            foreach (var severity in Enum.GetValues<AlertSeverity>())
                _open.WithLabels(severity.ToName()).Set(active.Count(incident => incident.Severity == severity));
        }
        catch (IncidentStoreException)
        {
            // The health check tells of it; the other metrics go on.
        }
    }
}
