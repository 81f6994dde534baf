namespace AgentSystem.Alerting.Notifications;

/// <summary>What is logged of messages. A failure's text never has a key in it.</summary>
internal static partial class NotificationLoggerExtensions
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Nothing is told to {channel}. To have it on, {how}")]
    public static partial void ChannelOff(this ILogger logger, string channel, string how);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{channel} was not reached; another attempt follows after {wait}: {reason}")]
    public static partial void DeliveryFailed(this ILogger logger, string channel, string reason, TimeSpan wait);

    [LoggerMessage(Level = LogLevel.Error, Message = "{channel} refused a message ({kind}) about incident {incident_id}: {reason}")]
    public static partial void DeliveryRefused(this ILogger logger, string channel, string kind, string incident_id, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Nobody knows whether {channel} has the message ({kind}) of {created_at}: it was being sent, and what came of that was not kept. It is not sent again: {text}")]
    public static partial void DeliveryInDoubt(this ILogger logger, string channel, string kind, DateTimeOffset created_at, string text);

    [LoggerMessage(Level = LogLevel.Error, Message = "The messages to {channel} could not be read or settled; it is tried again: {reason}")]
    public static partial void OutboxFailed(this ILogger logger, string channel, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The message about incident {incident_id} is gone from Slack ({error}); it is posted anew")]
    public static partial void MessageGone(this ILogger logger, string incident_id, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Slack does not let us look for a message that may have been posted ({error}), so that it may be there twice; the bot needs the scope channels:history")]
    public static partial void HistoryRefused(this ILogger logger, string error);
}
