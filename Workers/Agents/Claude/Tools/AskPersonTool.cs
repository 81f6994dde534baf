using System.Text.Json;
using System.Text.Json.Nodes;
using AgentSystem.Workers.Api;

namespace AgentSystem.Workers.Agents.Claude.Tools;

/// <summary><c>ask_person</c>: asks whoever looks after the system, and waits until somebody answers or the time is over.</summary>
public sealed class AskPersonTool(OrchestratorApi orchestrator) : IAgentTool
{
    private const int UsualMinutes = 60, MostMinutes = 7 * 24 * 60;

    public string Name => "ask_person";

    public string Description => "Asks a person a question that only a person can decide, and waits for the answer. Use it seldom: it may take long.";

    public bool IsReplayed => false;

    public JsonObject InputSchema { get; } = ToolInput.Schema(
        """
        {
          "question": {"type": "string", "description": "The question, with what is needed to answer it."},
          "choices": {"type": "array", "items": {"type": "string"}, "description": "The answers to choose from; any text when absent."},
          "minutes": {"type": "integer", "minimum": 1, "maximum": 10080, "description": "How long to wait; 60 when absent."}
        }
        """,
        "question");

    public async Task<string> RunAsync(JsonElement input, AgentContext context, CancellationToken cancellation)
    {
        try
        {
            var question = await orchestrator.AskAsync(
                context.Task.Id,
                new()
                {
                    Text = input.RequiredText("question"),
                    Choices = Choices(input),
                    Deadline = context.Time.GetUtcNow().AddMinutes(input.Number("minutes", UsualMinutes, 1, MostMinutes)),
                },
                cancellation);
            context.Report(0.5, "waiting for a person");
            question = await context.WaitAsync(() => orchestrator.WaitForAnswerAsync(question, cancellation), cancellation);
            return question.State == "answered"
                ? JsonSerializer.Serialize(new { answer = question.Answer, by = question.AnsweredBy })
                : throw new AgentException("not_answered", "Nobody answered in time. Go on without, or say that it could not be done.");
        }
        catch (OrchestratorException e)
        {
            throw new AgentException("person_not_asked", e.Message, retryable: e.IsOutage);
        }
    }

    private static IReadOnlyList<string>? Choices(JsonElement input)
    {
        if (!input.Has("choices", out var choices))
            return null;
        return choices.ValueKind == JsonValueKind.Array && choices.EnumerateArray().All(c => c.ValueKind == JsonValueKind.String)
            ? [.. choices.EnumerateArray().Select(c => c.GetString()!)]
            : throw new AgentException("invalid_input", "\"choices\" has to be a list of texts.");
    }
}
