namespace AgentSystem.Alerting.Questions;

/// <summary>What is logged of questions.</summary>
internal static partial class QuestionLoggerExtensions
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Questions of agents are told to nobody; set {variable} to the orchestrator's address to have them told")]
    public static partial void QuestionsOff(this ILogger logger, string variable);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The orchestrator at {address} does not say which questions there are: {reason}")]
    public static partial void QuestionsUnknown(this ILogger logger, string address, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The orchestrator says again which questions there are")]
    public static partial void QuestionsBack(this ILogger logger);
}
