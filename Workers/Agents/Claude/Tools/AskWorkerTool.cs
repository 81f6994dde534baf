using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentSystem.Protocol.Api;
using AgentSystem.Workers.Api;
using AgentSystem.Workers.Configuration;
using Microsoft.Extensions.Options;

namespace AgentSystem.Workers.Agents.Claude.Tools;

/// <summary>
/// <c>ask_worker</c>: hands a part of the work to another worker, as a child task whose trace hangs under this one's, and waits for it or not.
/// The same question again finds the child that is there, also of a later attempt, unless that child has failed in an earlier one.
/// </summary>
public sealed class AskWorkerTool(OrchestratorApi orchestrator, IOptions<ClaudeOptions> options) : IAgentTool
{
    private const int LongestAnswer = 100_000;

    public string Name => "ask_worker";

    public string Description { get; } =
        $"Gives a part of the work to another worker ({string.Join(", ", options.Value.Workers.Keys.Where(name => name != "*"))}) as a task of its own, "
        + "and returns its result. Without waiting it returns at once; ask the same again, with wait, to get the result.";

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
        var submission = new TaskSubmission
        {
            Type = input.RequiredText("type"),
            Worker = input.OptionalText("worker"),
            Payload = payload,
            ParentId = context.Task.Id,
            Priority = context.Task.Priority,
            Deadline = context.Task.Deadline,
        };
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{submission.Type}\n{submission.Worker}\n{payload.GetRawText()}"));
        submission = submission with { IdempotencyKey = $"child-{context.Task.Id}-{Convert.ToHexStringLower(hash)[..32]}" };
        try
        {
            var child = await orchestrator.SubmitAsync(submission, cancellation);
            // An earlier attempt of ours has seen it fail. It gets another try, as we do.
            if (context.Task.Attempt > 1 && child.State.IsSettled() && child.State != TaskState.Completed)
                child = await orchestrator.SubmitAsync(submission with { IdempotencyKey = $"{submission.IdempotencyKey}-{context.Task.Attempt}" }, cancellation);
            if (!input.Flag("wait", true) && !child.State.IsSettled())
                return JsonSerializer.Serialize(new { task = child.Id, worker = child.Worker, state = child.State.ToName() });
            context.Report(0.5, $"waiting for {child.Worker} ({child.Id})");
            return Result(await context.WaitAsync(() => orchestrator.WaitForTaskAsync(child, cancellation), cancellation));
        }
        catch (OrchestratorException e)
        {
            throw new AgentException("worker_not_asked", e.Message, retryable: e.IsOutage);
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
