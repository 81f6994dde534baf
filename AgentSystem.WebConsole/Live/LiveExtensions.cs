namespace AgentSystem.WebConsole.Live;

internal static class LiveExtensions
{
    internal static void AddLiveData(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<SharedPolls>();
        builder.Services.AddSingleton<Ticker>();
        builder.Services.AddSingleton<TaskEventFeed>();
    }
}
