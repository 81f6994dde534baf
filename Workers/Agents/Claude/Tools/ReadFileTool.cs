using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentSystem.Workers.Agents.Claude.Tools;

/// <summary><c>read_file</c>: a text file under the allowed roots, or a piece of it.</summary>
public sealed class ReadFileTool(DocumentReader documents) : IAgentTool
{
    private const int MostCharacters = 200_000, UsualCharacters = 50_000;

    public string Name => "read_file";

    public string Description => "Reads a UTF-8 text file. A long one is read in pieces: the answer says where to go on.";

    public bool IsReplayed => true;

    public JsonObject InputSchema { get; } = ToolInput.Schema(
        """
        {
          "path": {"type": "string", "description": "The file's path."},
          "offset": {"type": "integer", "minimum": 0, "description": "The character to begin with; 0 when absent."},
          "limit": {"type": "integer", "minimum": 1, "maximum": 200000, "description": "How many characters; 50000 when absent."}
        }
        """,
        "path");

    public Task<string> RunAsync(JsonElement input, AgentContext context, CancellationToken cancellation)
    {
        var (offset, limit) = (input.Number("offset", 0, 0, int.MaxValue), input.Number("limit", UsualCharacters, 1, MostCharacters));
        var text = documents.Read(JsonSerializer.SerializeToElement(new { path = input.RequiredText("path") })).Text;
        if (offset > text.Length)
            throw new AgentException("invalid_input", $"The file has {text.Length} characters.");
        var end = Math.Min(text.Length, offset + limit);
        // Half of a surrogate pair is no text.
        if (end < text.Length && char.IsLowSurrogate(text[end]))
            end--;
        if (offset > 0 && offset < text.Length && char.IsLowSurrogate(text[offset]))
            offset++;
        var piece = text[Math.Min(offset, end)..end];
        return Task.FromResult(end == text.Length ? piece : $"{piece}\n[{text.Length - end} more characters; go on with offset {end}]");
    }
}
