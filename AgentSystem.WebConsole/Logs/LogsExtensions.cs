namespace AgentSystem.WebConsole.Logs;

internal static class LogsExtensions
{
    internal static void AddLogs(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<LogTail>();
}
