using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentSystem.Workers.Agents.Claude.Models;
using static AgentSystem.Protocol.TelemetryNames;

namespace AgentSystem.Workers.Agents.Claude.Work;

/// <summary>What a run leaves: the task's output, and what its span says.</summary>
internal static class RunReport
{
    /// <summary>What the model said, beside <c>files</c> (what was written) and <c>_agent</c> (who did it, and what it took).</summary>
    internal static JsonElement Output(
        ConversationEnd end, string agent, string model, RunTotals totals, int turns, IReadOnlyList<Substitution> insteadOf,
        IReadOnlyList<string> files)
    {
        var output = end.Value switch
        {
            { ValueKind: JsonValueKind.Object } o => JsonObject.Create(o)!,
            { } value => new JsonObject { ["result"] = JsonNode.Parse(value.GetRawText()) },
            null => new JsonObject { ["text"] = end.Text },
        };
        if (files.Count > 0)
            output["files"] = new JsonArray([.. files.Select(f => (JsonNode)f)]);
        var note = new JsonObject
        {
            ["name"] = agent,
            ["model"] = model,
            ["turns"] = turns,
            ["calls"] = totals.Calls,
            ["input_tokens"] = totals.Usage.Input,
            ["output_tokens"] = totals.Usage.Output,
            ["cache_read_tokens"] = totals.Usage.CacheRead,
            ["cache_write_tokens"] = totals.Usage.CacheWrite,
            ["cost_usd"] = totals.CostUsd,
        };
        if (insteadOf.Count > 0)
            note["instead_of"] = new JsonArray([.. insteadOf.Select(s => new JsonObject { ["model"] = s.Model, ["error_type"] = s.ErrorType })]);
        output[AgentNote.Property] = note;
        return JsonSerializer.SerializeToElement(output);
    }

    /// <summary>Says on the <c>invoke_agent</c> span what the run took.</summary>
    internal static void Describe(Activity? span, string model, RunTotals totals)
    {
        if (span is not { IsAllDataRequested: true })
            return;
        var usage = totals.Usage;
        span.SetTag(Attributes.GenAiRequestModel, model)
            .SetTag(Attributes.GenAiConversation, span.GetTagItem(Attributes.TaskId))
            .SetTag(Attributes.GenAiInputTokens, usage.Input + usage.CacheRead + usage.CacheWrite)
            .SetTag(Attributes.GenAiOutputTokens, usage.Output)
            .SetTag(Attributes.CostUsd, (double)totals.CostUsd);
    }
}
