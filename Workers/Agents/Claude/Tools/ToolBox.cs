using System.Text.Json.Nodes;
using AgentSystem.Protocol;
using AgentSystem.Workers.Agents.Claude.Models;
using AgentSystem.Workers.Agents.Claude.Privacy;
using AgentSystem.Workers.Configuration;
using Microsoft.Extensions.Options;
using static AgentSystem.Protocol.TelemetryNames;

namespace AgentSystem.Workers.Agents.Claude.Tools;

/// <summary>What a tool said.</summary>
/// <param name="Text">For the model.</param>
/// <param name="IsError">Whether it could not be done.</param>
public sealed record ToolResult(string Text, bool IsError);

/// <summary>Does what a model wants done.</summary>
public interface IToolRunner
{
    /// <summary>The tools in the words of the Messages API.</summary>
    JsonArray Definitions();

    /// <summary>Does what the model wants. What goes wrong is for the model to hear; only a cancellation ends the run.</summary>
    Task<ToolResult> RunAsync(ToolCall call, AgentContext context, CancellationToken cancellation);
}

/// <summary>The tools that models have, each call of which is an <c>execute_tool</c> span.</summary>
public sealed class ToolBox(IEnumerable<IAgentTool> tools, IOptions<ClaudeOptions> options, Redactor redactor) : IToolRunner
{
    private readonly Dictionary<string, IAgentTool> _tools = tools.ToDictionary(t => t.Name);

    /// <summary>The tools in the words of the Messages API. The last one ends what is cached: none of this changes from task to task.</summary>
    public JsonArray Definitions()
    {
        var all = new JsonArray([.. _tools.Values.Select(t => new JsonObject
        {
            ["name"] = t.Name,
            ["description"] = t.Description,
            ["input_schema"] = t.InputSchema.DeepClone(),
        })]);
        if (all.Count > 0)
            all[^1]!["cache_control"] = new JsonObject { ["type"] = "ephemeral" };
        return all;
    }

    /// <summary>Whether a replay does this tool again.</summary>
    public bool IsReplayed(string name) => _tools.TryGetValue(name, out var tool) && tool.IsReplayed;

    /// <inheritdoc/>
    public async Task<ToolResult> RunAsync(ToolCall call, AgentContext context, CancellationToken cancellation)
    {
        using var span = TaskActivities.StartTool(_tools.ContainsKey(call.Name) ? call.Name : "unknown");
        span?.SetTag(Attributes.GenAiToolCallId, call.Id).SetTag(Attributes.GenAiToolType, "function");
        var result = await TryAsync();
        if (options.Value.RecordContent && span is { IsAllDataRequested: true })
        {
            span.SetTag(Attributes.GenAiToolCallArguments, redactor.Redact(JsonNode.Parse(call.Input.GetRawText()))?.ToJsonString());
            span.SetTag(Attributes.GenAiToolCallResult, redactor.Redact(result.Text));
        }
        return result;

        async Task<ToolResult> TryAsync()
        {
            try
            {
                if (!_tools.TryGetValue(call.Name, out var tool))
                    throw new AgentException("unknown_tool", $"There is no tool '{call.Name}'; there are {string.Join(", ", _tools.Keys)}.");
                return new(await tool.RunAsync(call.Input, context, cancellation), IsError: false);
            }
            // The reason is not on the span: it may name what the model was given.
            catch (AgentException e)
            {
                span.Fail(e.ErrorType, "The tool could not do it.");
                return new($"{e.ErrorType}: {e.Message}", IsError: true);
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
            {
                span.Fail("tool_error", e.GetType().Name);
                return new($"tool_error: {e.Message}", IsError: true);
            }
        }
    }
}
