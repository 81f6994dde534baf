using System.Text.Json;
using AgentSystem.Protocol;

namespace AgentSystem.Workers.Agents.Offline;

/// <summary>temporary</summary>
public sealed class OfflineAgent : IAgent
{
    public string Name => "offline";
    public IReadOnlyCollection<string> TaskTypes { get; } = ["document_analysis", "summarize", "process_document"];
    public Task<JsonElement> RunAsync(AgentContext context, CancellationToken cancellation)
    {
        using var tool = TaskActivities.StartTool("read_document");
        var document = context.ReadDocument();
        return Task.FromResult(JsonSerializer.SerializeToElement(new { document.Bytes }));
    }
}
