using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AgentSystem.Protocol;
using AgentSystem.Workers.Agents.Claude.Models;
using AgentSystem.Workers.Agents.Claude.Tools;

namespace AgentSystem.Workers.Agents.Claude.Recording;

/// <summary>Reads what a <see cref="RecordingWriter"/> has written.</summary>
internal static class RecordingFile
{
    internal static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        IgnoreReadOnlyProperties = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The last attempt of the task's recording, line by line.</summary>
    /// <exception cref="AgentException"><c>no_recording</c>: there is none, or it cannot be read.</exception>
    internal static IReadOnlyList<JsonObject> Read(SharedVolume volume, string taskId)
    {
        if (!TaskId.IsValid(taskId))
            throw new AgentException("invalid_payload", "\"recording\" has to be the id of a task.");
        var path = volume.RecordingPath(taskId);
        try
        {
            var lines = File.ReadLines(path).Where(l => l.Length > 0).Select(l => JsonNode.Parse(l)!.AsObject()).ToList();
            return lines[(lines.FindLastIndex(l => (string?)l["kind"] == "run") + 1)..];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new AgentException("no_recording", $"Task {taskId} was not recorded. Runs of the agent anthropic are while Claude__Record=true.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            throw new AgentException("no_recording", $"The recording of task {taskId} cannot be read: {e.Message}");
        }
    }
}

/// <summary>Plays a recording: the model's answers in their order, and what those tools said that are not used again.</summary>
internal sealed class RecordedRun(IReadOnlyList<JsonObject> lines, ToolBox tools) : IModelCalls, IToolRunner
{
    private readonly Queue<JsonObject> _answers = new(lines.Where(l => (string?)l["kind"] is "answer" or "error"));
    private readonly ILookup<string, JsonObject> _tools = lines.Where(l => (string?)l["kind"] == "tool").ToLookup(l => (string?)l["id"] ?? "");

    /// <inheritdoc/>
    public Task<ModelAnswer> AskAsync(ModelRequest request, AgentTask task, RunTotals totals, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var span = TaskActivities.StartChat(request.Model)?.SetTag(TelemetryNames.Attributes.GenAiProvider, "recorded");
        if (!_answers.TryDequeue(out var line))
            throw new AgentException("recording_over", "The recording ends here: its run was not finished, or asked for less.");
        if ((string?)line["kind"] == "error")
        {
            var kind = Enum.GetValues<ModelErrorKind>().FirstOrDefault(k => k.ToName() == (string?)line["error_type"], ModelErrorKind.Overloaded);
            span.Fail(kind.ToName(), "The model did not answer.");
            throw new ModelException(kind, (string?)line["message"] ?? "The model did not answer.");
        }
        totals.Add(new(0, 0), 0);
        return Task.FromResult(line["answer"].Deserialize<ModelAnswer>(RecordingFile.Json)
            ?? throw new AgentException("no_recording", "The recording has a line without an answer."));
    }

    /// <inheritdoc/>
    public JsonArray Definitions() => tools.Definitions();

    /// <inheritdoc/>
    public Task<ToolResult> RunAsync(ToolCall call, AgentContext context, CancellationToken cancellation) =>
        tools.IsReplayed(call.Name) ? tools.RunAsync(call, context, cancellation)
        : _tools[call.Id].FirstOrDefault() is { } line
            ? Task.FromResult(new ToolResult((string?)line["text"] ?? "", (bool?)line["is_error"] ?? false))
        : Task.FromResult(new ToolResult("The recording does not say what came of this.", IsError: true));
}
