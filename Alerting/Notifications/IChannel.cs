using AgentSystem.Alerting.Incidents;

namespace AgentSystem.Alerting.Notifications;

/// <summary>A service that messages are delivered to.</summary>
internal interface IChannel
{
    /// <summary>Its name, in the outbox and in metrics.</summary>
    string Name { get; }

    /// <summary>Whether it was set up.</summary>
    bool IsOn { get; }

    /// <summary>What to set to have it on.</summary>
    string HowToTurnOn { get; }

    /// <summary>What a message says, for the log: never a key.</summary>
    string Describe(OutboxMessage message);

    /// <summary>Delivers one message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="receipt">What was kept for the incident.</param>
    /// <param name="mayBeSent">Whether it was begun before, so that it may have arrived already.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>What to keep for the incident, or null.</returns>
    /// <exception cref="DeliveryException">It was not delivered.</exception>
    Task<string?> DeliverAsync(OutboxMessage message, string? receipt, bool mayBeSent, CancellationToken cancellationToken);
}

/// <summary>A message was not delivered.</summary>
/// <param name="message">What the service said. Never has a key.</param>
/// <param name="isFinal">Whether another attempt would end the same.</param>
/// <param name="retryAfter">When the service wants to be asked again.</param>
internal class DeliveryException(string message, bool isFinal, TimeSpan? retryAfter = null) : Exception(message)
{
    public bool IsFinal => isFinal;

    public TimeSpan? RetryAfter => retryAfter;

    /// <summary>What an answer means that is no success: 429 and what lies with the server may be better later, the rest never.</summary>
    public static DeliveryException Of(HttpResponseMessage response, string body, DateTimeOffset now)
    {
        var status = (int)response.StatusCode;
        var wait = response.Headers.RetryAfter;
        return new($"HTTP {status}: {(body.Length <= 300 ? body : body[..300])}", isFinal: status is not (429 or 408 or >= 500), wait?.Delta ?? wait?.Date - now);
    }
}
