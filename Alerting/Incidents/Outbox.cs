using AgentSystem.Protocol.Api;

namespace AgentSystem.Alerting.Incidents;

/// <summary>A message that waits to be sent. It is written in the transaction of the change that it tells of.</summary>
/// <param name="Seq">Grows by every message; a channel sends in this order.</param>
/// <param name="Channel">Who sends it.</param>
/// <param name="IncidentId">What it is about: the incident, or a question; empty for a message about a change.</param>
/// <param name="Kind">What it does, in the channel's words.</param>
/// <param name="Dedup">By which the channel's service knows that two messages are about the same; empty where it does not.</param>
/// <param name="Payload">The message, as JSON.</param>
/// <param name="CreatedAt">When (UTC).</param>
/// <param name="Attempts">How often sending was begun; after a crash nobody knows how that ended.</param>
public sealed record OutboxMessage(
    long Seq, string Channel, string IncidentId, string Kind, string Dedup, string Payload, DateTimeOffset CreatedAt, int Attempts)
{
    /// <summary>Whether it is harmless to send it again when nobody knows whether it has arrived.</summary>
    internal bool MayRepeat => Dedup.Length > 0;

    /// <summary>Whether it may have arrived, so that it must not be sent again.</summary>
    internal bool IsInDoubt => !MayRepeat && Attempts > 0;
}

/// <summary>What a channel wants to tell of a change.</summary>
/// <param name="Channel">Who sends it.</param>
/// <param name="IncidentId">What it is about: the incident, or a question; empty for a message about a change.</param>
/// <param name="Kind">What it does, in the channel's words.</param>
/// <param name="Dedup">By which the channel's service knows that two messages are about the same; empty where it does not.</param>
/// <param name="Payload">The message, as JSON.</param>
/// <param name="Replaces">Whether an earlier message about the incident that nobody began to send is not worth sending any more.</param>
/// <param name="Receipt">What to keep for the incident's later messages, before this one is sent.</param>
public sealed record Announcement(
    string Channel, string IncidentId, string Kind, string Dedup, string Payload, bool Replaces = false, string? Receipt = null);

/// <summary>Decides what a channel tells.</summary>
public interface IAnnouncer
{
    /// <summary>The channel.</summary>
    string Channel { get; }

    /// <summary>What to tell of an incident's change, or null for nothing.</summary>
    /// <param name="before">The incident as it was; null when it is new.</param>
    /// <param name="after">The incident as it is.</param>
    /// <param name="receipt">What was kept for the incident.</param>
    Announcement? Announce(Incident? before, Incident after, string? receipt);

    /// <summary>What to tell of a change of the system, or null for nothing.</summary>
    Announcement? Announce(ChangeReport change);

    /// <summary>What to tell of a question that an agent asks people, or null for nothing.</summary>
    /// <param name="question">The question as it stands.</param>
    /// <param name="subject">What its messages are about, in place of an incident's id.</param>
    Announcement? Announce(Question question, string subject);
}
