using AgentSystem.Orchestrator.Api;
using AgentSystem.Orchestrator.Budget;
using AgentSystem.Orchestrator.Chaos;
using AgentSystem.Orchestrator.Configuration;
using AgentSystem.Orchestrator.Dispatch;
using AgentSystem.Orchestrator.Health;
using AgentSystem.Orchestrator.Journal;
using AgentSystem.Orchestrator.Presence;
using AgentSystem.Orchestrator.Status;
using AgentSystem.Orchestrator.Telemetry;
using AgentSystem.Orchestrator.Why;

namespace AgentSystem.Orchestrator;

/// <summary>Puts the orchestrator together.</summary>
public static class OrchestratorExtensions
{
    /// <summary>Registers everything; hosted services start in this order and stop in the opposite one.</summary>
    public static WebApplicationBuilder AddOrchestrator(this WebApplicationBuilder builder)
    {
        builder.AddOrchestratorOptions();
        builder.Services.AddSingleton<PayloadPaths>();
        builder.Services.AddSingleton<OrchestratorInstruments>();
        builder.Services.AddActivatedSingleton<VolumeInstruments>();
        builder.Services.AddSingleton<WorkerPresence>();
        builder.Services.AddSingleton<TaskJournal>();
        builder.Services.AddHostedService(services => services.GetRequiredService<TaskJournal>());
        builder.Services.AddSingleton<ProgressBoard>();
        builder.AddChaos();
        builder.Services.AddDispatch();
        var health = builder.Services.AddHealthChecks()
            .AddCheck<JournalHealth>("journal")
            .AddCheck<SharedVolumeHealth>("shared_volume");
        if (!OperatingSystem.IsWindows())
        {
            builder.Services.AddStatusPipes();
            health.AddCheck<PipesHealth>("pipes");
        }
        builder.AddBudget();
        builder.AddWhy();
        builder.AddApi();
        return builder;
    }
}
