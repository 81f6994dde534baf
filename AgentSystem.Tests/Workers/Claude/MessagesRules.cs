using System.Text.Json.Nodes;

namespace AgentSystem.Tests.Workers.Claude;

/// <summary>What the Messages API refuses, by its documentation.</summary>
internal static class MessagesRules
{
    private const int MostBreakpoints = 4;

    /// <summary>The refusal; null when there is nothing to refuse.</summary>
    internal static Reply? Refusal(AskedMessage asked)
    {
        // The SDK sends the key the one way, Claude Code the other.
        if (asked.Headers.GetValueOrDefault("x-api-key") != ClaudeWorker.Key && asked.Headers.GetValueOrDefault("authorization") != $"Bearer {ClaudeWorker.Key}")
            return Reply.Fail(401, "authentication_error") with { Message = "invalid x-api-key" };
        return Problem(asked) is { } problem ? Reply.Fail(400, "invalid_request_error") with { Message = problem } : null;
    }

    private static string? Problem(AskedMessage asked)
    {
        if (asked.Headers.GetValueOrDefault("anthropic-version") is not { Length: > 0 })
            return "anthropic-version: header is required";
        if (asked.Body["model"] is null || (int?)asked.Body["max_tokens"] is not > 0)
            return "model and max_tokens are required";
        if (asked.Body.ToJsonString().Split("\"cache_control\"").Length - 1 > MostBreakpoints)
            return $"A maximum of {MostBreakpoints} blocks with cache_control may be provided";
        var messages = asked.Messages;
        if ((string?)messages[0]!["role"] != "user")
            return "messages: first message must use the \"user\" role";
        IReadOnlyList<string> open = [];
        for (var i = 0; i < messages.Count; i++)
        {
            var blocks = Blocks(messages[i]!);
            if (blocks.Count == 0 || blocks.Any(b => (string?)b["type"] == "text" && string.IsNullOrEmpty((string?)b["text"])))
                return $"messages.{i}: all messages must have non-empty content";
            if (open.Except(blocks.Where(b => (string?)b["type"] == "tool_result").Select(b => (string)b["tool_use_id"]!)).ToList() is [var id, ..])
                return $"messages.{i}: tool_use {id} was found without a tool_result block immediately after";
            open = [.. blocks.Where(b => (string?)b["type"] == "tool_use").Select(b => (string)b["id"]!)];
        }
        return null;
    }

    private static List<JsonNode> Blocks(JsonNode message) => message["content"] switch
    {
        JsonArray blocks => [.. blocks.Select(b => b!)],
        { } text => [new JsonObject { ["type"] = "text", ["text"] = (string?)text }],
        null => [],
    };
}
