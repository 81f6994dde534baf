namespace AgentSystem.Orchestrator.Dispatch;

/// <summary>Registers the dispatcher and what it consists of.</summary>
internal static class DispatchExtensions
{
    internal static void AddDispatch(this IServiceCollection services)
    {
        services.AddSingleton<DispatchSignals>();
        services.AddSingleton<RetryPolicy>();
        services.AddSingleton<TaskFiles>();
        services.AddSingleton<AttemptOutcomes>();
        services.AddSingleton<ResultSettler>();
        services.AddSingleton<ClaimObserver>();
        services.AddSingleton<TaskPlacer>();
        services.AddSingleton<LeaseTracker>();
        services.AddSingleton<FolderWatch>();
        services.AddSingleton<FolderRescan>();
        services.AddSingleton<Retention>();
        services.AddSingleton<Rerouter>();
        services.AddSingleton<QueueGauges>();
        services.AddHostedService<Dispatcher>();
    }
}
