using System.Text.Json;
using AgentSystem.Protocol;
using AgentSystem.Workers.Agents.Claude.Recording;
using AgentSystem.Workers.Agents.Claude.Tools;
using AgentSystem.Workers.Agents.Claude.Work;

namespace AgentSystem.Workers.Agents.Recorded;

/// <summary>
/// Plays the recording of another task (the payload's <c>recording</c>) through the same loop, without the API: reads and writes files again, and
/// asks nobody.
/// </summary>
public sealed class RecordedAgent(ClaudeRunner runner, ToolBox tools, SharedVolume volume) : IAgent
{
    public string Name => "recorded";

    public IReadOnlyCollection<string> TaskTypes => runner.TaskTypes;

    public bool OnRequestOnly => true;

    public Task<JsonElement> RunAsync(AgentContext context, CancellationToken cancellation)
    {
        var id = context.Task.Payload.TryGetProperty("recording", out var recording) && recording.ValueKind == JsonValueKind.String
            ? recording.GetString()!
            : throw new AgentException("invalid_payload", "The payload needs \"recording\": the id of the task whose recording is to be played.");
        var run = new RecordedRun(RecordingFile.Read(volume, id), tools);
        return runner.RunAsync(Name, run, run, context, cancellation);
    }
}
