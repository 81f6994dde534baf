using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentSystem.Workers.Agents.Claude.Tools;

/// <summary>Something that a model may have done. One instance serves all tasks.</summary>
public interface IAgentTool
{
    /// <summary>Its name.</summary>
    string Name { get; }

    /// <summary>For the model: what it does and when to use it.</summary>
    string Description { get; }

    /// <summary>The JSON schema of its input.</summary>
    JsonObject InputSchema { get; }

    /// <summary>Whether a replay does it again; else its answer comes from the recording.</summary>
    bool IsReplayed { get; }

    /// <summary>Does it; what it returns is for the model.</summary>
    /// <exception cref="AgentException">It cannot be done; the model is told why.</exception>
    Task<string> RunAsync(JsonElement input, AgentContext context, CancellationToken cancellation);
}

/// <summary>Reads what a model gives a tool.</summary>
internal static class ToolInput
{
    /// <summary>A text that has to be there.</summary>
    public static string RequiredText(this JsonElement input, string name) => input.OptionalText(name) is { Length: > 0 } text
        ? text
        : throw new AgentException("invalid_input", $"\"{name}\" is missing; it has to be a text.");

    /// <summary>A text; null when it is not there.</summary>
    public static string? OptionalText(this JsonElement input, string name) =>
        !Has(input, name, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw new AgentException("invalid_input", $"\"{name}\" has to be a text.");

    /// <summary>A whole number within bounds, or <paramref name="usual"/>.</summary>
    public static int Number(this JsonElement input, string name, int usual, int least, int most) =>
        !Has(input, name, out var value) ? usual
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most ? number
        : throw new AgentException("invalid_input", $"\"{name}\" has to be a whole number from {least} to {most}.");

    /// <summary>Yes or no, or <paramref name="usual"/>.</summary>
    public static bool Flag(this JsonElement input, string name, bool usual) =>
        !Has(input, name, out var value) ? usual
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw new AgentException("invalid_input", $"\"{name}\" has to be true or false.");

    /// <summary>Anything that is there and not null.</summary>
    public static bool Has(this JsonElement input, string name, out JsonElement value)
    {
        value = default;
        return input.ValueKind == JsonValueKind.Object && input.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
    }

    /// <summary>The schema of an object.</summary>
    public static JsonObject Schema(string properties, params string[] required) => new()
    {
        ["type"] = "object",
        ["properties"] = JsonNode.Parse(properties),
        ["required"] = new JsonArray([.. required.Select(r => (JsonNode)r)]),
        ["additionalProperties"] = false,
    };
}
