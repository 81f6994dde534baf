using AgentSystem.Protocol;
using AgentSystem.ServiceDefaults.Telemetry;
using AgentSystem.Workers.Agents;
using AgentSystem.Workers.Agents.Anthropic;
using AgentSystem.Workers.Agents.Claude;
using AgentSystem.Workers.Agents.ClaudeCode;
using AgentSystem.Workers.Agents.Offline;
using AgentSystem.Workers.Agents.Recorded;
using AgentSystem.Workers.Agents.Simulation;
using AgentSystem.Workers.Chaos;
using AgentSystem.Workers.Configuration;
using AgentSystem.Workers.Health;
using AgentSystem.Workers.Heartbeat;
using AgentSystem.Workers.Status;
using AgentSystem.Workers.Tasks;
using AgentSystem.Workers.Telemetry;
using Microsoft.Extensions.Options;

namespace AgentSystem.Workers;

/// <summary>Makes a process a worker.</summary>
public static class WorkerExtensions
{
    /// <summary>What stopping needs beyond <see cref="WorkerOptions.DrainGrace"/>: putting back, the last lines, the last spans.</summary>
    private static readonly TimeSpan ShutdownReserve = TimeSpan.FromSeconds(5);

    /// <summary>Adds the watcher, the pump, the lease keeper, the heartbeat, the agents and their health checks.</summary>
    public static WebApplicationBuilder AddWorker(this WebApplicationBuilder builder)
    {
        builder.AddWorkerOptions();
        builder.AddChaos();
        var services = builder.Services;
        services.AddSingleton(s => SharedVolume.Create(Options(s).SharedDir, [Options(s).Name]));
        services.AddSingleton(s => WorkerIdentity.From(Options(s), s.GetRequiredService<ServiceIdentity>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<WorkerInstruments>();
        services.AddSingleton<StatusReporter>();
        services.AddSingleton<OwnAddress>();
        builder.AddAgents();

        services.AddSingleton<ReadyTasks>();
        services.AddSingleton<ActiveTasks>();
        services.AddSingleton<TaskSlots>();
        services.AddSingleton<TaskClaimer>();
        services.AddSingleton<ResultPublisher>();
        services.AddSingleton<TaskRunner>();
        // Stopped in reverse: first the pump drains, and until it is done leases are renewed and the heart beats.
        services.AddHostedService<HeartbeatService>();
        services.AddHostedService<LeaseKeeper>();
        services.AddHostedService<TaskWatcher>();
        services.AddHostedService<TaskPump>();
        services.AddOptions<HostOptions>().Configure<IOptions<WorkerOptions>>(
            (host, worker) => host.ShutdownTimeout = worker.Value.DrainGrace + ShutdownReserve);

        services.AddHttpClient(OrchestratorHealthCheck.Service, client => client.BaseAddress = new Uri($"http://{OrchestratorHealthCheck.Service}"));
        services.AddHealthChecks()
            .AddCheck<FilesystemHealthCheck>("filesystem")
            .AddCheck<PipeHealthCheck>("pipe")
            .AddCheck<OrchestratorHealthCheck>("orchestrator")
            .AddCheck<AgentHealthCheck>("agent");
        return builder;
    }

    private static void AddWorkerOptions(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<WorkerOptions>().BindConfiguration(WorkerOptions.Section)
            .Configure<IConfiguration>((options, configuration) =>
            {
                options.Name = configuration[WorkerOptions.NameVariable] ?? options.Name;
                options.SharedDir = configuration[SharedVolume.RootVariable] ?? options.SharedDir;
            })
            .PostConfigure<IOptions<ClaudeOptions>>((options, claude) =>
            {
                if (options.Agent.Length == 0)
                    options.Agent = claude.Value.PersonaOf(options.Name).Agent
                        ?? (claude.Value.ApiKey.Length > 0 ? AnthropicAgent.AgentName : OfflineAgent.AgentName);
            })
            .ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<AgentOptions>().BindConfiguration(AgentOptions.Section).ValidateDataAnnotations().ValidateOnStart();
    }

    private static void AddAgents(this WebApplicationBuilder builder)
    {
        builder.AddClaude();
        var services = builder.Services;
        services.AddSingleton<DocumentReader>();
        services.AddSingleton<IAgent, OfflineAgent>();
        services.AddSingleton<IAgent, RecordedAgent>();
        services.AddSingleton<AnthropicAgent>();
        services.AddSingleton<CodeCommand>();
        services.AddSingleton<ClaudeCodeAgent>();
        services.AddSingleton<SimulateAgent>();
        services.AddSingleton(s => new AgentSelector(
            s.GetServices<IAgent>().Concat(Chosen(s)), Absent(s),
            s.GetRequiredService<IOptions<WorkerOptions>>(), s.GetRequiredService<IOptions<ClaudeOptions>>()));
    }

    private static IEnumerable<IAgent> Chosen(IServiceProvider services)
    {
        if (HasKey(services))
        {
            yield return services.GetRequiredService<AnthropicAgent>();
            if (HasCode(services))
                yield return services.GetRequiredService<ClaudeCodeAgent>();
        }
        if (Options(services).EnableTestAgent)
            yield return services.GetRequiredService<SimulateAgent>();
    }

    private static IEnumerable<AbsentAgent> Absent(IServiceProvider services)
    {
        if (!HasKey(services))
            yield return new(AnthropicAgent.AgentName, $"a key: set {ClaudeOptions.ApiKeyVariable}");
        if (!HasKey(services) || !HasCode(services))
            yield return new(
                ClaudeCodeAgent.AgentName, $"a key ({ClaudeOptions.ApiKeyVariable}) and the program '{Claude(services).Code.Executable}' (Claude__Code__Executable)");
    }

    private static bool HasKey(IServiceProvider services) => Claude(services).ApiKey.Length > 0;

    private static bool HasCode(IServiceProvider services) => CodeCommand.Find(Claude(services).Code.Executable) is not null;

    private static ClaudeOptions Claude(IServiceProvider services) => services.GetRequiredService<IOptions<ClaudeOptions>>().Value;

    private static WorkerOptions Options(IServiceProvider services) => services.GetRequiredService<IOptions<WorkerOptions>>().Value;
}
