using AgentSystem.Protocol.Api;

namespace AgentSystem.Orchestrator.Chaos;

/// <summary>What is logged about injected faults beside their audit.</summary>
internal static partial class ChaosLoggerExtensions
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Fault injected on purpose: {Fault} of {Worker} ({Id}) by {By}, until {Until:O} at the latest")]
    public static partial void FaultInjected(this ILogger logger, string fault, string worker, string id, string by, DateTimeOffset until);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Injected fault over: {Fault} of {Worker} ({Id}), {How} by {By}")]
    public static partial void FaultOver(this ILogger logger, string fault, string worker, string id, FaultEnd how, string by);

    [LoggerMessage(Level = LogLevel.Error, Message = "The end of the injected fault {Id} could not be written to its audit")]
    public static partial void EndNotWritten(this ILogger logger, Exception e, string id);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path} of an injected fault could not be removed; remove it by hand")]
    public static partial void LeftBehind(this ILogger logger, Exception e, string path);
}
