using System.Text.Json;
using System.Text.Json.Nodes;
using AgentSystem.Protocol.Api;
using AgentSystem.Workers.Agents.Claude.Models;
using AgentSystem.Workers.Agents.Claude.Tools;
using AgentSystem.Workers.Configuration;

namespace AgentSystem.Workers.Agents.Claude.Work;

/// <summary>How a conversation ended.</summary>
/// <param name="Text">The last answer's text.</param>
/// <param name="Value">The same as JSON, where a schema was given.</param>
public sealed record ConversationEnd(string Text, JsonElement? Value);

/// <summary>
/// One run of a task: asks the model, does what it wants done, and asks again, until it has its answer. An answer that does not satisfy the
/// schema goes back once, with what is wrong with it.
/// </summary>
public sealed class Conversation(IModelCalls calls, IToolRunner tools, ClaudeOptions options, AgentContext context)
{
    private readonly JsonArray _messages = [];
    private TokenUsage? _usage;
    private int _seen;

    /// <summary>What it has taken so far.</summary>
    public RunTotals Totals { get; } = new();

    /// <summary>The model that answers now.</summary>
    public string Model { get; private set; } = "";

    /// <summary>Answers of the model so far.</summary>
    public int Turns { get; private set; }

    /// <summary>The models that did not answer, and why.</summary>
    public List<Substitution> Substitutions { get; } = [];

    /// <summary>Runs it.</summary>
    /// <exception cref="ModelException">No model answers.</exception>
    /// <exception cref="AgentException">The model cannot do it, or there is no money for it.</exception>
    public async Task<ConversationEnd> RunAsync(Assignment assignment, CancellationToken cancellation)
    {
        Model = assignment.Model;
        Say("user", assignment.Prompt);
        var repaired = false;
        for (var turn = 1; turn <= options.MaxTurns; turn++)
        {
            context.Report((double)turn / (turn + 3), $"turn {turn}");
            var answer = await AskAsync(assignment, cancellation);
            Turns++;
            // The API takes no empty message back.
            if (answer.Content.Count > 0)
                Add("assistant", answer.Content.DeepClone());
            switch (answer.StopReason)
            {
                case "tool_use":
                    await UseToolsAsync(answer, cancellation);
                    break;
                case "pause_turn":
                    break;
                case "max_tokens" or "model_context_window_exceeded":
                    throw new AgentException(
                        "answer_too_long",
                        $"The answer has more than {options.MaxTokens} tokens, or the conversation is too long. Ask for less, or raise Claude__MaxTokens.");
                default:
                    if (assignment.Schema is not { } schema)
                        return new(answer.Text, null);
                    var (value, problems) = schema.Check(answer.Text);
                    if (value is not null)
                        return new(answer.Text, value);
                    if (repaired)
                        throw new AgentException(
                            "invalid_output", $"The answer does not satisfy the schema, not even after it was told so: {problems}", retryable: true);
                    repaired = true;
                    Say("user", $"Your answer does not satisfy the schema:\n{problems}\nAnswer again, with the whole JSON value and nothing else.");
                    break;
            }
        }
        throw new AgentException("too_many_turns", $"The model was asked {options.MaxTurns} times and has no answer yet (Claude__MaxTurns).");
    }

    /// <summary>Asks the model; where it does not answer, the next one of the chain takes over for the rest of the run.</summary>
    private async Task<ModelAnswer> AskAsync(Assignment assignment, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                var answer = await calls.AskAsync(Request(assignment), context.Task, Totals, cancellation);
                (_usage, _seen) = (answer.Usage, _messages.Count + 1);
                return answer;
            }
            catch (ModelException e) when (e.IsTransient && Next() is { } next)
            {
                Substitutions.Add(new(Model, e.Kind.ToName()));
                Model = next;
            }
        }
    }

    private string? Next() => options.Fallback.Models.FirstOrDefault(m => m != Model && Substitutions.All(s => s.Model != m));

    private ModelRequest Request(Assignment assignment) => new(
        Model,
        options.MaxTokens,
        [new JsonObject { ["type"] = "text", ["text"] = assignment.System, ["cache_control"] = ToBeCached() }],
        tools.Definitions(),
        Turns == 0 ? _messages : WithCache(_messages))
    {
        Before = _usage,
        MessagesBefore = _seen,
    };

    // Putting something into the cache costs a quarter more and pays only when it is read again: most tasks end with the first answer, but one that
    // has used a tool will mostly use another.
    private static JsonArray WithCache(JsonArray messages)
    {
        var marked = (JsonArray)messages.DeepClone();
        if (marked[^1]!["content"] is JsonArray { Count: > 0 } blocks)
            blocks[^1]!["cache_control"] = ToBeCached();
        return marked;
    }

    private static JsonObject ToBeCached() => new() { ["type"] = "ephemeral" };

    private async Task UseToolsAsync(ModelAnswer answer, CancellationToken cancellation)
    {
        var results = new JsonArray();
        foreach (var call in answer.ToolCalls)
        {
            context.Report(0.5, call.Name);
            var result = await tools.RunAsync(call, context, cancellation);
            results.Add(new JsonObject
            {
                ["type"] = "tool_result",
                ["tool_use_id"] = call.Id,
                ["content"] = result.Text,
                ["is_error"] = result.IsError,
            });
        }
        Add("user", results);
    }

    private void Say(string role, string text) => Add(role, new JsonArray(new JsonObject { ["type"] = "text", ["text"] = text }));

    private void Add(string role, JsonNode content) => _messages.Add(new JsonObject { ["role"] = role, ["content"] = content });
}

/// <summary>A model that did not answer, so that another one did.</summary>
/// <param name="Model">The model.</param>
/// <param name="ErrorType">Why.</param>
public sealed record Substitution(string Model, string ErrorType);
