using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentSystem.Protocol.Api;
using AgentSystem.Workers.Api;

namespace AgentSystem.Workers.Agents.Claude.Tools;

/// <summary>
/// <c>ask_worker</c>: hands a part of the work to another worker, as a child task whose trace hangs under this one's, and waits for it or not.
/// The same question of a later attempt finds the child that is there.
/// </summary>
public sealed class AskWorkerTool(OrchestratorApi orchestrator) : IAgentTool
{
    private const int LongestAnswer = 100_000;

    public string Name => "ask_worker";

    public string Description => "Gives a part of the work to another worker (marie, anga, fabien) as a task of its own, and returns its result.";

    public bool IsReplayed => false;

    public JsonObject InputSchema { get; } = ToolInput.Schema(
        """
        {
          "type": {"type": "string", "description": "The task's type, for example summarize or document_analysis."},
          "payload": {"type": "object", "description": "What it works on, as \"text\" or as \"path\", and \"prompt\" for what is wanted beyond the type."},
          "worker": {"type": "string", "description": "Who shall do it; anybody who can, when absent."},
          "wait": {"type": "boolean", "description": "Whether to wait for the result; true when absent."}
        }
        """,
        "type", "payload");

    public async Task<string> RunAsync(JsonElement input, AgentContext context, CancellationToken cancellation)
    {
        if (!input.Has("payload", out var payload) || payload.ValueKind != JsonValueKind.Object)
            throw new AgentException("invalid_input", "\"payload\" has to be an object.");
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(input.GetRawText())))[..32];
        try
        {
            var child = await orchestrator.SubmitAsync(
                new()
                {
                    Type = input.RequiredText("type"),
                    Worker = input.OptionalText("worker"),
                    Payload = payload,
                    ParentId = context.Task.Id,
                    Priority = context.Task.Priority,
                    Deadline = context.Task.Deadline,
                    IdempotencyKey = $"child-{context.Task.Id}-{key}",
                },
                cancellation);
            if (!input.Flag("wait", true))
                return JsonSerializer.Serialize(new { task = child.Id, worker = child.Worker, state = child.State.ToName() });
            context.Report(0.5, $"waiting for {child.Worker} ({child.Id})");
            while (!child.State.IsSettled())
                child = await orchestrator.WaitForTaskAsync(child.Id, cancellation);
            return Result(child);
        }
        catch (OrchestratorException e)
        {
            throw new AgentException("worker_not_asked", e.Message, retryable: e.Status is null);
        }
    }

    private static string Result(TaskView child)
    {
        if (child.State != TaskState.Completed)
            throw new AgentException(
                "child_failed",
                $"The task {child.Id} of {child.Worker} is {child.State.ToName()}: {(child.Errors is [.., var last] ? last.Message : "no reason is known")}");
        var text = JsonSerializer.Serialize(new { task = child.Id, worker = child.Worker, output = child.Output });
        return text.Length <= LongestAnswer ? text : text[..LongestAnswer] + " [cut]";
    }
}
