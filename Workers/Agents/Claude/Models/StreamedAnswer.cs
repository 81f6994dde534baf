using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Workers.Agents.Claude.Models;

/// <summary>
/// An answer that arrives event by event. Wherever it breaks off, what it has cost so far can be told: exactly what went in, once it has
/// begun, and of what came out an estimate from the text.
/// </summary>
public sealed class StreamedAnswer
{
    private const int CharactersPerToken = 4;
    private readonly SortedDictionary<int, JsonObject> _blocks = [];
    private readonly Dictionary<int, StringBuilder> _texts = [];
    private string _id = "", _model = "", _stopReason = "";
    private TokenUsage _usage = new(0, 0);
    private long _characters;
    private long? _firstEvent;

    /// <summary>Whether the API has begun to answer, so that <see cref="Usage"/> knows what went in.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Why it ends where it ends; empty before.</summary>
    public string StopReason => _stopReason;

    /// <summary>Whether the end was seen.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>What it took; up to its end the output is estimated.</summary>
    public TokenUsage Usage => _stopReason.Length > 0
        ? _usage
        : _usage with { Output = Math.Max(_usage.Output, (_characters + CharactersPerToken - 1) / CharactersPerToken) };

    /// <summary>How long after <paramref name="started"/> the first event came; null when none did.</summary>
    public TimeSpan? FirstEventAfter(TimeProvider time, long started) => _firstEvent is { } first ? time.GetElapsedTime(started, first) : null;

    /// <summary>Takes the next event of the stream.</summary>
    /// <param name="e">The event.</param>
    /// <param name="now">When it came, as <see cref="TimeProvider.GetTimestamp"/> has it.</param>
    public void Apply(JsonElement e, long now = 0)
    {
        _firstEvent ??= now;
        switch (Text(e, "type"))
        {
            case "message_start":
                HasBegun = true;
                var message = e.GetProperty("message");
                (_id, _model) = (Text(message, "id") ?? "", Text(message, "model") ?? "");
                Count(message);
                break;
            case "content_block_start":
                _blocks[Index(e)] = JsonObject.Create(e.GetProperty("content_block"))!;
                break;
            case "content_block_delta":
                Extend(Index(e), e.GetProperty("delta"));
                break;
            case "content_block_stop":
                Close(Index(e));
                break;
            case "message_delta":
                _stopReason = Text(e.GetProperty("delta"), "stop_reason") ?? _stopReason;
                Count(e);
                break;
            case "message_stop":
                IsComplete = true;
                break;
        }
    }

    /// <summary>The whole answer, once it <see cref="IsComplete"/>.</summary>
    public ModelAnswer ToAnswer() => new(_id, _model, _stopReason, [.. _blocks.Values.Select(b => b.DeepClone())], Usage);

    private void Extend(int index, JsonElement delta)
    {
        if (!_blocks.TryGetValue(index, out var block))
            return;
        if ((Text(delta, "text") ?? Text(delta, "thinking") ?? Text(delta, "partial_json")) is { } text)
        {
            _characters += text.Length;
            if (!_texts.TryGetValue(index, out var builder))
                _texts[index] = builder = new();
            builder.Append(text);
        }
        else if (Text(delta, "signature") is { } signature)
        {
            block["signature"] = (string?)block["signature"] + signature;
        }
        else if (delta.TryGetProperty("citation", out var citation))
        {
            if (block["citations"] is not JsonArray citations)
                block["citations"] = citations = [];
            citations.Add(JsonNode.Parse(citation.GetRawText()));
        }
    }

    private void Close(int index)
    {
        if (!_blocks.TryGetValue(index, out var block) || !_texts.Remove(index, out var text))
            return;
        switch ((string?)block["type"])
        {
            case "tool_use" or "server_tool_use":
                block["input"] = Input(text.ToString());
                break;
            case "thinking":
                block["thinking"] = (string?)block["thinking"] + text;
                break;
            default:
                block["text"] = (string?)block["text"] + text;
                break;
        }
    }

    // The API promises an object; what a model cut short is not one, and its tool will say so.
    private static JsonNode Input(string json)
    {
        try
        {
            return json.Length == 0 ? new JsonObject() : JsonNode.Parse(json) ?? new JsonObject();
        }
        catch (JsonException)
        {
            return new JsonObject { ["unreadable"] = json };
        }
    }

    private void Count(JsonElement e)
    {
        if (!e.TryGetProperty("usage", out var usage) || usage.ValueKind != JsonValueKind.Object)
            return;
        _usage = new(
            Number(usage, "input_tokens") ?? _usage.Input,
            Number(usage, "output_tokens") ?? _usage.Output,
            Number(usage, "cache_read_input_tokens") ?? _usage.CacheRead,
            Number(usage, "cache_creation_input_tokens") ?? _usage.CacheWrite);
    }

    private static int Index(JsonElement e) => e.GetProperty("index").GetInt32();

    private static string? Text(JsonElement e, string name) =>
        name.Length > 0 && e.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Number(JsonElement e, string name) =>
        e.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;
}
