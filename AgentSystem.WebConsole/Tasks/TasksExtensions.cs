namespace AgentSystem.WebConsole.Tasks;

internal static class TasksExtensions
{
    internal static void AddTasks(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<TaskEvidence>();
}
