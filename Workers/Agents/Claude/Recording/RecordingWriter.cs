using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentSystem.Protocol;
using AgentSystem.Workers.Agents.Claude.Models;
using AgentSystem.Workers.Agents.Claude.Privacy;
using AgentSystem.Workers.Agents.Claude.Tools;

namespace AgentSystem.Workers.Agents.Claude.Recording;

/// <summary>
/// Writes down what a model was asked and answered in one run, and what tools said, each as a line of
/// <c>recordings/&lt;task&gt;.jsonl</c>, redacted. A later attempt writes after the earlier one; its first line says so.
/// </summary>
public sealed partial class RecordingWriter : IModelCalls, IToolRunner
{
    private readonly IModelCalls _calls;
    private readonly IToolRunner _tools;
    private readonly Redactor _redactor;
    private readonly string _path;
    private readonly ILogger _logger;

    public RecordingWriter(
        IModelCalls calls, IToolRunner tools, Redactor redactor, SharedVolume volume, AgentTask task, DateTimeOffset now, ILogger logger)
    {
        (_calls, _tools, _redactor, _path, _logger) = (calls, tools, redactor, volume.RecordingPath(task.Id), logger);
        Write(new JsonObject
        {
            ["kind"] = "run",
            ["task"] = task.Id,
            ["attempt"] = task.Attempt,
            ["type"] = task.Type,
            ["worker"] = task.Worker,
            ["at"] = now,
        });
    }

    /// <inheritdoc/>
    public async Task<ModelAnswer> AskAsync(ModelRequest request, AgentTask task, RunTotals totals, CancellationToken cancellation)
    {
        // Written down before it changes: the conversation goes on in the same list.
        var asked = JsonSerializer.SerializeToNode(request.ToBody());
        try
        {
            var answer = await _calls.AskAsync(request, task, totals, cancellation);
            var given = JsonSerializer.SerializeToNode(answer, RecordingFile.Json);
            Write(new JsonObject { ["kind"] = "answer", ["request"] = asked, ["answer"] = given });
            return answer;
        }
        catch (ModelException e)
        {
            Write(new JsonObject { ["kind"] = "error", ["request"] = asked, ["error_type"] = e.Kind.ToName(), ["message"] = e.Message });
            throw;
        }
    }

    /// <inheritdoc/>
    public JsonArray Definitions() => _tools.Definitions();

    /// <inheritdoc/>
    public async Task<ToolResult> RunAsync(ToolCall call, AgentContext context, CancellationToken cancellation)
    {
        var result = await _tools.RunAsync(call, context, cancellation);
        Write(new JsonObject { ["kind"] = "tool", ["id"] = call.Id, ["name"] = call.Name, ["text"] = result.Text, ["is_error"] = result.IsError });
        return result;
    }

    private void Write(JsonObject line)
    {
        try
        {
            var bytes = Encoding.UTF8.GetBytes(_redactor.Redact(line)!.ToJsonString() + "\n");
            using var file = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            file.Write(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            CannotRecord(_logger, e, _path);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cannot record to {Path}; the task goes on")]
    private static partial void CannotRecord(ILogger logger, Exception e, string path);
}
