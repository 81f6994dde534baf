using System.Text.Json;
using System.Text.Json.Nodes;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Workers.Agents.Claude.Models;

/// <summary>A question to a model, in the words of the Messages API.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="MaxTokens">Tokens that the answer may have at most.</param>
/// <param name="System">Text blocks that say who it is.</param>
/// <param name="Tools">What it may call; empty for nothing.</param>
/// <param name="Messages">What was said so far.</param>
public sealed record ModelRequest(string Model, int MaxTokens, JsonArray System, JsonArray Tools, JsonArray Messages)
{
    private const int TypicalBytesPerToken = 4, LeastBytesPerToken = 2, Overhead = 500;

    /// <summary>The tokens of the last call and its answer, which this one begins with; null for the first call.</summary>
    public TokenUsage? Before { get; init; }

    /// <summary>How many of <see cref="Messages"/> that call has seen or answered.</summary>
    public int MessagesBefore { get; init; }

    /// <summary>The tokens that it has at most: what is known from the last call, and what text has come to since, two bytes a token.</summary>
    public long InputTokensAtMost => Before is { } known
        ? known.Input + known.CacheRead + known.CacheWrite + known.Output + BytesSince / LeastBytesPerToken + Overhead
        : Bytes / LeastBytesPerToken + Overhead;

    /// <summary>The tokens that it probably has.</summary>
    public long InputTokensProbably => Bytes / TypicalBytesPerToken;

    private long Bytes => field = field > 0 ? field : JsonSerializer.SerializeToUtf8Bytes(ToBody()).LongLength;

    private long BytesSince => Messages.Skip(MessagesBefore).Sum(m => JsonSerializer.SerializeToUtf8Bytes(m).LongLength);

    /// <summary>The request's body, but for whether it is streamed.</summary>
    public Dictionary<string, JsonElement> ToBody()
    {
        var body = new Dictionary<string, JsonElement>
        {
            ["model"] = JsonSerializer.SerializeToElement(Model),
            ["max_tokens"] = JsonSerializer.SerializeToElement(MaxTokens),
            ["system"] = JsonSerializer.SerializeToElement(System),
            ["messages"] = JsonSerializer.SerializeToElement(Messages),
        };
        if (Tools.Count > 0)
            body["tools"] = JsonSerializer.SerializeToElement(Tools);
        return body;
    }
}

/// <summary>What a model answered.</summary>
/// <param name="Id">The answer's id.</param>
/// <param name="Model">The model that gave it.</param>
/// <param name="StopReason">Why it ends there: <c>end_turn</c>, <c>tool_use</c>, <c>max_tokens</c>, <c>refusal</c> and so on.</param>
/// <param name="Content">Its blocks as the API gave them, so that they can be sent back unchanged.</param>
/// <param name="Usage">What it took.</param>
public sealed record ModelAnswer(string Id, string Model, string StopReason, JsonArray Content, TokenUsage Usage)
{
    /// <summary>The <see cref="StopReason"/> of a model that declines.</summary>
    public const string Refusal = "refusal";

    /// <summary>What it says, without its thoughts and its calls of tools.</summary>
    public string Text => string.Concat(Content.Where(b => Type(b) == "text").Select(b => (string?)b!["text"]));

    /// <summary>The tools that it wants to be called.</summary>
    public IEnumerable<ToolCall> ToolCalls => Content.Where(b => Type(b) == "tool_use")
        .Select(b => new ToolCall((string)b!["id"]!, (string)b["name"]!, JsonSerializer.SerializeToElement(b["input"])));

    private static string? Type(JsonNode? block) => (string?)block?["type"];
}

/// <summary>A tool that the model wants to be called.</summary>
/// <param name="Id">The call's id.</param>
/// <param name="Name">The tool.</param>
/// <param name="Input">What it is given.</param>
public sealed record ToolCall(string Id, string Name, JsonElement Input);
