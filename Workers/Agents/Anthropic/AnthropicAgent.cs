using System.Text.Json;
using AgentSystem.Protocol;
using AgentSystem.Workers.Agents.Claude.Models;
using AgentSystem.Workers.Agents.Claude.Privacy;
using AgentSystem.Workers.Agents.Claude.Recording;
using AgentSystem.Workers.Agents.Claude.Tools;
using AgentSystem.Workers.Agents.Claude.Work;
using AgentSystem.Workers.Configuration;
using Microsoft.Extensions.Options;

namespace AgentSystem.Workers.Agents.Anthropic;

/// <summary>Claude over the Messages API, with tools, within the budget.</summary>
public sealed class AnthropicAgent(
    ClaudeRunner runner, IModelCalls calls, ToolBox tools, SharedVolume volume, Redactor redactor, IOptions<ClaudeOptions> options,
    ILogger<AnthropicAgent> logger) : IAgent
{
    /// <summary>The agent's name.</summary>
    public const string AgentName = "anthropic";

    public string Name => AgentName;

    public IReadOnlyCollection<string> TaskTypes => runner.TaskTypes;

    public Task<JsonElement> RunAsync(AgentContext context, CancellationToken cancellation)
    {
        if (!options.Value.Record)
            return runner.RunAsync(Name, calls, tools, context, cancellation);
        var recorder = new RecordingWriter(calls, tools, redactor, volume, context.Task, context.Time.GetUtcNow(), logger);
        return runner.RunAsync(Name, recorder, recorder, context, cancellation);
    }
}
