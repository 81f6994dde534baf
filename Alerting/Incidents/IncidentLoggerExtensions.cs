namespace AgentSystem.Alerting.Incidents;

/// <summary>What is logged about incidents beside their timeline.</summary>
internal static partial class IncidentLoggerExtensions
{
    [LoggerMessage(Level = LogLevel.Information, Message = "What Alertmanager suppresses is not recorded: {variable} is not set")]
    public static partial void SuppressionsOff(this ILogger logger, string variable);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Alertmanager at {address} does not answer, so nobody knows what it suppresses: {reason}")]
    public static partial void AlertmanagerDown(this ILogger logger, string address, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Alertmanager answers again")]
    public static partial void AlertmanagerBack(this ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The orchestrator at {address} does not say which faults were injected; incidents are explained without: {reason}")]
    public static partial void FaultsUnknown(this ILogger logger, string address, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Nothing is heard of Prometheus any more; until it is, no alert is taken for over")]
    public static partial void PrometheusSilent(this ILogger logger);

    [LoggerMessage(Level = LogLevel.Information, Message = "Prometheus is heard")]
    public static partial void PrometheusHeard(this ILogger logger);

    [LoggerMessage(Level = LogLevel.Error, Message = "Incidents could not be looked through; it is tried again: {reason}")]
    public static partial void LookFailed(this ILogger logger, string reason);
}
