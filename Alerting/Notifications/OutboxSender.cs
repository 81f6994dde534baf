using AgentSystem.Alerting.Incidents;
using Microsoft.Extensions.Options;
using Polly;

namespace AgentSystem.Alerting.Notifications;

/// <summary>
/// Sends a channel's messages in their order, one at a time. A message leaves the outbox in the transaction that keeps what came of it; that
/// sending was begun is on disk before it is, so that after a crash at any moment it is known whether a message may have arrived.
/// </summary>
internal sealed class OutboxSender : BackgroundService
{
    // In case the disk refused when a message was to be taken.
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);

    private readonly IChannel _channel;
    private readonly IncidentStore _store;
    private readonly NotificationInstruments _instruments;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ResiliencePipeline _pipeline;
    private readonly SemaphoreSlim _wake = new(1, 1);

    public OutboxSender(
        IChannel channel, IncidentStore store, NotificationInstruments instruments, IOptions<DeliveryOptions> options, TimeProvider time, ILogger<OutboxSender> logger)
    {
        (_channel, _store, _instruments, _time, _logger) = (channel, store, instruments, time, logger);
        _pipeline = Deliveries.Create(options.Value, time, (failure, wait) =>
        {
            instruments.Count(channel.Name, Outcome.Retried);
            logger.DeliveryFailed(channel.Name, failure.Message, wait);
        });
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!_channel.IsOn)
        {
            _logger.ChannelOff(_channel.Name, _channel.HowToTurnOn);
            return;
        }
        _store.Committed += Wake;
        try
        {
            while (true)
            {
                await _wake.WaitAsync(stoppingToken);
                try
                {
                    while (await SendNextAsync(stoppingToken))
                    {
                    }
                }
                catch (IncidentStoreException e)
                {
                    _logger.OutboxFailed(_channel.Name, e.Message);
                    await Task.Delay(Again, _time, stoppingToken);
                    Wake();
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What waits is sent after the next start.
        }
        finally
        {
            _store.Committed -= Wake;
        }
    }

    /// <summary>Sends the oldest message that waits; false when there is none.</summary>
    private async Task<bool> SendNextAsync(CancellationToken cancellationToken)
    {
        var next = await _store.ReadAsync(session => session.NextMessage(_channel.Name), cancellationToken);
        if (next is null)
            return false;
        // Sending begins in the transaction that takes the message: it may have been replaced meanwhile by a newer one.
        var (message, receipt) = await _store.ChangeAsync(session =>
        {
            var oldest = session.NextMessage(_channel.Name)!;
            if (oldest.MayRepeat)
                session.BeginSending(oldest.Seq);
            else if (oldest.IsInDoubt)
                session.Doubt(oldest.Seq);
            return (oldest, session.Receipt(oldest.IncidentId, _channel.Name));
        }, cancellationToken);
        if (message.IsInDoubt)
        {
            _logger.DeliveryInDoubt(_channel.Name, message.Kind, message.CreatedAt, _channel.Describe(message));
            return true;
        }

        var mayBeSent = message.Attempts > 0;
        try
        {
            var kept = await _pipeline.ExecuteAsync(async token =>
            {
                var isAgain = mayBeSent;
                mayBeSent = true;
                return message.MayRepeat
                    ? await _channel.DeliverAsync(message, receipt, isAgain, token)
                    : await DeliverOnceAsync(message, token, cancellationToken);
            }, cancellationToken);
            // Whoever sees an empty outbox sees what became of its messages.
            _instruments.Count(_channel.Name, Outcome.Delivered);
            await SettleAsync(message, kept, failure: null);
        }
        catch (Exception e) when (e is not OperationCanceledException and not IncidentStoreException)
        {
            // Never to be accepted. It must not keep the others from being sent, and people have to see it.
            _logger.DeliveryRefused(_channel.Name, message.Kind, message.IncidentId, e.Message);
            _instruments.Count(_channel.Name, Outcome.Refused);
            await SettleAsync(message, receipt: null, e.Message);
        }
        return true;
    }

    /// <summary>
    /// One attempt of what the service cannot tell from a second one: on disk it is begun for just as long as nobody knows how it ended, so that it
    /// is not sent again when this process dies meanwhile, and is when it dies between two attempts.
    /// </summary>
    private async Task<string?> DeliverOnceAsync(OutboxMessage message, CancellationToken attempt, CancellationToken stopping)
    {
        await _store.ChangeAsync(session => session.BeginSending(message.Seq), attempt);
        try
        {
            return await _channel.DeliverAsync(message, receipt: null, mayBeSent: false, attempt);
        }
        // An attempt that ends because the service stops has no outcome.
        catch (Exception e) when (Deliveries.MayPass(e) && !(e is OperationCanceledException && stopping.IsCancellationRequested))
        {
            await _store.ChangeAsync(session => session.EndSending(message.Seq), CancellationToken.None);
            throw;
        }
    }

    // Not with the service's own token: what was delivered has to be remembered even while the service stops.
    private Task<bool> SettleAsync(OutboxMessage message, string? receipt, string? failure) => _store.ChangeAsync(session =>
    {
        session.Remove(message.Seq);
        if (message.IncidentId.Length == 0)
            return true;
        if (receipt is not null)
            session.Keep(message.IncidentId, _channel.Name, receipt);
        if (session.Find(message.IncidentId) is null)
            return true; // a question has no timeline
        session.Note(message.IncidentId, failure is null ? "told" : "not_told", failure is null
            ? $"Told {_channel.Name} ({message.Kind})"
            : $"{_channel.Name} refused the message ({message.Kind}): {failure}");
        return true;
    }, CancellationToken.None);

    private void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake already.
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _wake.Dispose();
    }
}
