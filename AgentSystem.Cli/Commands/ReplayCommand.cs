using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentSystem.Cli.Api;
using AgentSystem.Cli.Terminal;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Cli.Commands;

/// <summary><c>agentctl replay</c>: does settled tasks again, as new tasks.</summary>
internal static class ReplayCommand
{
    public static Command Build(CliHost host, GlobalOptions globals)
    {
        var recorded = new Option<bool>("--recorded")
        {
            Description = "Play what the model answered then, from the recording, instead of asking it again (the workers had Claude__Record=true).",
        };
        return TaskActions.Build(
            host, globals, "replay", "Does settled tasks again, each as a new task with the same payload.",
            (api, parsed, id, cancellationToken) => parsed.GetValue(recorded) ? ReplayRecordedAsync(api, id, cancellationToken) : api.ReplayAsync(id, cancellationToken),
            recorded);
    }

    private static async Task<TaskView> ReplayRecordedAsync(ApiClient api, string id, CancellationToken cancellationToken)
    {
        var task = await api.GetTaskAsync(id, cancellationToken);
        if (!task.State.IsSettled())
            throw new CliException(ExitCode.Refused, $"task {id} is still {task.State.ToName()}.", "Wait until it is settled, or cancel it.");
        var payload = task.Payload is { ValueKind: JsonValueKind.Object } given ? JsonObject.Create(given)! : [];
        payload["agent"] = "recorded";
        // Of a replay, what it played.
        payload["recording"] ??= id;
        using var document = JsonDocument.Parse(payload.ToJsonString());
        return await api.SubmitAsync(
            new TaskSubmission { Type = task.Type, Worker = task.Worker, Priority = task.Priority, MaxAttempts = 1, Payload = document.RootElement }, cancellationToken);
    }
}
