using AgentSystem.ServiceDefaults.Security;
using AgentSystem.Workers.Agents.Claude.Models;
using AgentSystem.Workers.Agents.Claude.Privacy;
using AgentSystem.Workers.Agents.Claude.Tools;
using AgentSystem.Workers.Agents.Claude.Work;
using AgentSystem.Workers.Api;
using AgentSystem.Workers.Configuration;
using Microsoft.Extensions.Configuration.Memory;

namespace AgentSystem.Workers.Agents.Claude;

/// <summary>What every agent needs that works with Claude.</summary>
internal static class ClaudeExtensions
{
    private const string Orchestrator = "http://orchestrator";
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Adds the way to the model, the tools, the budget and the orchestrator's API.</summary>
    internal static void AddClaude(this WebApplicationBuilder builder)
    {
        builder.AddClaudeOptions();
        var services = builder.Services;
        services.AddSingleton<Redactor>();
        services.AddSingleton<ChatSpans>();
        services.AddSingleton<ModelInstruments>();
        services.AddSingleton<ModelPipelines>();
        services.AddSingleton<AnthropicApi>();
        services.AddSingleton<OrchestratorApi>();
        services.AddSingleton<Purse>();
        services.AddSingleton<IModelCalls, ModelCalls>();
        services.AddSingleton<IAgentTool, ReadFileTool>();
        services.AddSingleton<IAgentTool, WriteFileTool>();
        services.AddSingleton<IAgentTool, AskWorkerTool>();
        services.AddSingleton<IAgentTool, AskPersonTool>();
        services.AddSingleton<ToolBox>();
        services.AddSingleton<Assignments>();
        services.AddSingleton<ClaudeRunner>();

        // The default handler ends a request after 30 s and repeats it; answers take minutes, and what they cost is known further up only.
#pragma warning disable EXTEXP0001
        services.AddTransient<RefusalHandler>();
        services.AddHttpClient(AnthropicApi.Client, static client => client.Timeout = Timeout.InfiniteTimeSpan)
            .RemoveAllResilienceHandlers()
            .AddHttpMessageHandler<RefusalHandler>()
            .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = ConnectTimeout });
        services.AddHttpClient(OrchestratorApi.Client, static client =>
            {
                client.BaseAddress = new(Orchestrator);
                client.Timeout = Timeout.InfiniteTimeSpan;
            })
            .RemoveAllResilienceHandlers()
            .AddApiKey();
#pragma warning restore EXTEXP0001
    }

    private static void AddClaudeOptions(this WebApplicationBuilder builder)
    {
        // What is written there is what goes without saying: any other source of configuration comes after it.
        var json = new ConfigurationBuilder().AddJsonFile(Path.Combine(AppContext.BaseDirectory, "claude.json")).Build();
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = json.AsEnumerable() });
        builder.Services.AddOptions<ClaudeOptions>().BindConfiguration(ClaudeOptions.Section)
            .Configure<IConfiguration>((options, configuration) =>
            {
                options.ApiKey = Given(configuration, ClaudeOptions.ApiKeyVariable) ?? options.ApiKey;
                options.BaseUrl = Given(configuration, ClaudeOptions.BaseUrlVariable) ?? options.BaseUrl;
            })
            .ValidateDataAnnotations()
            .Validate(
                options => options.TaskTypes.All(t => !string.IsNullOrWhiteSpace(t.Value.Instructions)),
                "Each of Claude:TaskTypes needs Instructions: what is to be done.")
            .Validate(
                options => options.Workers.Values.All(w => w.TaskTypes.All(options.TaskTypes.ContainsKey)),
                "Claude:Workers names a task type that Claude:TaskTypes does not have.")
            .Validate(
                options => options.RedactPatterns.All(IsPattern),
                "Each of Claude:RedactPatterns has to be a regular expression without look-around and back references.")
            .ValidateOnStart();
    }

    private static string? Given(IConfiguration configuration, string name) => configuration[name] is { Length: > 0 } value ? value.Trim() : null;

    private static bool IsPattern(string pattern)
    {
        try
        {
            Redactor.Compile(pattern);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
