using System.Text.Json;
using System.Text.Json.Nodes;
using AgentSystem.Protocol;

namespace AgentSystem.Workers.Agents.Claude.Tools;

/// <summary><c>write_file</c>: a file in the task's output folder.</summary>
public sealed class WriteFileTool(SharedVolume volume) : IAgentTool
{
    public string Name => "write_file";

    public string Description => "Writes a text file into this task's output folder, where people find it. A file that is there is replaced.";

    public bool IsReplayed => true;

    public JsonObject InputSchema { get; } = ToolInput.Schema(
        """
        {
          "path": {"type": "string", "description": "Relative to the output folder, for example report.md."},
          "content": {"type": "string", "description": "The whole content."}
        }
        """,
        "path", "content");

    public Task<string> RunAsync(JsonElement input, AgentContext context, CancellationToken cancellation)
    {
        var (path, content) = (input.RequiredText("path"), input.OptionalText("content") ?? "");
        OutputFolder.Of(volume, context.Task.Id).Write(path, content);
        return Task.FromResult($"Written: {path}");
    }
}
