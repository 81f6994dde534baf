using System.Diagnostics;
using System.Text.Json.Nodes;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using AgentSystem.Workers.Agents.Claude.Privacy;
using AgentSystem.Workers.Configuration;
using Microsoft.Extensions.Options;
using static AgentSystem.Protocol.TelemetryNames;

namespace AgentSystem.Workers.Agents.Claude.Models;

/// <summary>
/// The <c>chat</c> span of an attempt, as the GenAI conventions want it. What was said is on it only where <c>Claude:RecordContent</c> asks for
/// it, and redacted.
/// </summary>
public sealed class ChatSpans(IOptions<ClaudeOptions> options, Redactor redactor)
{
    private readonly Uri _address = new(options.Value.BaseUrl);
    private readonly bool _content = options.Value.RecordContent;

    /// <summary>Begins the span of a request.</summary>
    public Activity? Start(ModelRequest request, AgentTask task)
    {
        var span = TaskActivities.StartChat(request.Model);
        if (span is not { IsAllDataRequested: true })
            return span;
        span.SetTag(Attributes.GenAiProvider, "anthropic")
            .SetTag(Attributes.GenAiConversation, task.Id)
            .SetTag(Attributes.GenAiRequestMaxTokens, request.MaxTokens)
            .SetTag(Attributes.GenAiRequestStream, true)
            .SetTag(Attributes.ServerAddress, _address.Host)
            .SetTag(Attributes.ServerPort, _address.Port);
        if (_content)
        {
            span.SetTag(Attributes.GenAiSystemInstructions, Json(request.System));
            span.SetTag(Attributes.GenAiInputMessages, Json(request.Messages));
        }
        return span;
    }

    /// <summary>Says how it ended; the caller disposes the span.</summary>
    public void End(Activity? span, StreamedAnswer answer, TokenUsage usage, decimal? costUsd, string? errorType)
    {
        if (errorType is not null)
            span.Fail(errorType, "The model did not answer to the end.");
        if (span is not { IsAllDataRequested: true })
            return;
        span.SetTag(Attributes.GenAiInputTokens, usage.Input + usage.CacheRead + usage.CacheWrite)
            .SetTag(Attributes.GenAiOutputTokens, usage.Output)
            .SetTag(Attributes.GenAiCacheReadTokens, usage.CacheRead)
            .SetTag(Attributes.GenAiCacheWriteTokens, usage.CacheWrite)
            .SetTag(Attributes.CostUsd, (double?)costUsd);
        if (!answer.HasBegun)
            return;
        var whole = answer.ToAnswer();
        span.SetTag(Attributes.GenAiResponseId, whole.Id).SetTag(Attributes.GenAiResponseModel, whole.Model);
        if (whole.StopReason.Length > 0)
            span.SetTag(Attributes.GenAiFinishReasons, new[] { whole.StopReason });
        if (_content)
            span.SetTag(Attributes.GenAiOutputMessages, Json([new JsonObject { ["role"] = "assistant", ["content"] = whole.Content }]));
    }

    private string Json(JsonArray content) => redactor.Redact(content)!.ToJsonString();
}
