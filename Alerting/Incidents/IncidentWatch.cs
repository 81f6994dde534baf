using System.Text.Json.Serialization;
using AgentSystem.Protocol.Api;
using Microsoft.Extensions.Options;

namespace AgentSystem.Alerting.Incidents;

/// <summary>
/// Looks now and then at what nobody tells: what Alertmanager suppresses and what it has lost, whether Prometheus is silent, which flapping alert is
/// steady again, and what is old enough to be forgotten.
/// </summary>
internal sealed class IncidentWatch(
    IncidentStore store, IncidentDesk desk, Watchdog watchdog, IHttpClientFactory clients, IConfiguration configuration, IOptions<AlertingOptions> options,
    TimeProvider time, ILogger<IncidentWatch> logger) : BackgroundService
{
    /// <summary>Name of the client of Alertmanager's API, and of the variable that has its address.</summary>
    internal const string Alertmanager = "alertmanager", AddressVariable = "ALERTMANAGER_URL";

    private readonly Dictionary<string, DateTimeOffset> _missing = [];
    private bool _isDown;
    private bool? _isSilent; // null: nothing was said yet

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (configuration[AddressVariable] is not { Length: > 0 })
            logger.SuppressionsOff(AddressVariable);
        using var timer = new PeriodicTimer(options.Value.LookInterval, time);
        try
        {
            do
            {
                try
                {
                    await LookAsync(stoppingToken);
                }
                catch (IncidentStoreException e)
                {
                    logger.LookFailed(e.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var known = await AskAsync(cancellationToken);
        await ListenAsync(known, cancellationToken);
        if (watchdog.IsInDoubt)
            known = null; // what Prometheus does not repeat is not known to Alertmanager, and may fire all the same
        if (known is null)
            _missing.Clear(); // what it does not know is not known either
        var lost = known is null ? [] : await LostAsync(known, cancellationToken);
        var kept = options.Value.Retention;
        await desk.LookAsync(known, lost, kept > TimeSpan.Zero ? time.GetUtcNow() - kept : null, cancellationToken);
    }

    /// <summary>Hears Prometheus, or says that it is silent and when that is over.</summary>
    private async Task ListenAsync(IReadOnlyList<KnownAlert>? known, CancellationToken cancellationToken)
    {
        if (configuration[AddressVariable] is not { Length: > 0 })
            return; // nobody is asked, so nobody is missed
        if (known?.FirstOrDefault(alert => alert.Report.Name == Watchdog.AlertName) is { } alert && watchdog.Hear(alert.UpdatedAt))
        {
            if (_isSilent == false)
                return;
            await desk.HearWatchdogAsync(cancellationToken);
            logger.PrometheusHeard();
            _isSilent = false;
        }
        else if (_isSilent is null && await desk.WasWatchdogHeardAsync(cancellationToken))
        {
            watchdog.Expect();
        }
        if (watchdog.IsSilent && _isSilent != true)
        {
            await desk.RaiseAsync(MonitoringSilent.Begins(time.GetUtcNow(), options.Value.WatchdogSilence, known is not null), cancellationToken);
            logger.PrometheusSilent();
            _isSilent = true;
        }
    }

    /// <summary>The firing alerts that Alertmanager has not known for a while: it, or we, missed their end.</summary>
    private async Task<HashSet<string>> LostAsync(IReadOnlyList<KnownAlert> known, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var there = known.Select(alert => alert.Report.Fingerprint).ToHashSet();
        var active = await store.ReadAsync(session => session.Active(), cancellationToken);
        var missing = active.SelectMany(incident => incident.Alerts)
            .Where(alert => alert.Phase == AlertPhase.Firing && !there.Contains(alert.Fingerprint)).Select(alert => alert.Fingerprint).ToHashSet();
        foreach (var back in _missing.Keys.Where(fingerprint => !missing.Contains(fingerprint)).ToList())
            _missing.Remove(back);
        foreach (var fingerprint in missing)
            _missing.TryAdd(fingerprint, now);
        return [.. _missing.Where(pair => now - pair.Value >= options.Value.LostAfter).Select(pair => pair.Key)];
    }

    private async Task<IReadOnlyList<KnownAlert>?> AskAsync(CancellationToken cancellationToken)
    {
        if (configuration[AddressVariable] is not { Length: > 0 } address)
            return null;
        try
        {
            using var client = clients.CreateClient(Alertmanager);
            var alerts = await client.GetFromJsonAsync(
                new Uri($"{address.TrimEnd('/')}/api/v2/alerts"), AlertmanagerApiJson.Default.IReadOnlyListApiAlert, cancellationToken);
            if (_isDown)
                logger.AlertmanagerBack();
            _isDown = false;
            return [.. (alerts ?? []).Where(alert => alert.Labels.ContainsKey("alertname")).Select(alert => alert.ToKnown())];
        }
        // The client's resilience has exceptions of its own for a time-out and an open circuit; whatever it is, there is no answer.
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            if (!_isDown)
                logger.AlertmanagerDown(address, e.Message);
            _isDown = true;
            return null;
        }
    }
}

/// <summary>An alert of <c>GET /api/v2/alerts</c>.</summary>
internal sealed record ApiAlert(
    string Fingerprint, IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations, DateTimeOffset StartsAt,
    DateTimeOffset UpdatedAt, string? GeneratorURL, ApiAlertStatus Status)
{
    internal KnownAlert ToKnown() => new(
        new(Fingerprint, IsFiring: true, Labels, Annotations, DateTimeOffset.FromUnixTimeMilliseconds(StartsAt.ToUnixTimeMilliseconds()), null, GeneratorURL, "api"),
        Status.InhibitedBy, Status.SilencedBy, UpdatedAt);
}

/// <summary>Whether somebody is told of it.</summary>
internal sealed record ApiAlertStatus(IReadOnlyList<string> InhibitedBy, IReadOnlyList<string> SilencedBy);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<ApiAlert>))]
internal sealed partial class AlertmanagerApiJson : JsonSerializerContext;
