using System.Diagnostics;
using System.Text.Json;
using AgentSystem.Protocol;
using AgentSystem.Workers.Agents.Claude.Models;
using AgentSystem.Workers.Agents.Claude.Privacy;
using AgentSystem.Workers.Agents.Claude.Tools;
using AgentSystem.Workers.Configuration;
using Microsoft.Extensions.Options;

namespace AgentSystem.Workers.Agents.Claude.Work;

/// <summary>Runs a task as a conversation with a model, and makes its output.</summary>
public sealed class ClaudeRunner(Assignments assignments, IOptions<ClaudeOptions> options, SharedVolume volume, Redactor redactor)
{
    /// <summary>The task types that this worker's persona does.</summary>
    public IReadOnlyCollection<string> TaskTypes => assignments.TaskTypes;

    /// <summary>
    /// Runs it. What the model says is the output, beside <c>files</c> (what was written) and <c>_agent</c> (who did it, and what it took).
    /// </summary>
    /// <param name="agent">The agent that runs it.</param>
    /// <param name="calls">The way to the model.</param>
    /// <param name="tools">What the model may have done.</param>
    /// <param name="context">The task.</param>
    /// <param name="cancellation">Cancelled when the result is no longer wanted.</param>
    /// <exception cref="AgentException">It cannot be done.</exception>
    public async Task<JsonElement> RunAsync(string agent, IModelCalls calls, IToolRunner tools, AgentContext context, CancellationToken cancellation)
    {
        var conversation = new Conversation(calls, tools, options.Value, context);
        try
        {
            var end = await conversation.RunAsync(assignments.Of(context), cancellation);
            return RunReport.Output(
                end, agent, conversation.Model, conversation.Totals, conversation.Turns, conversation.Substitutions,
                OutputFolder.List(volume, context.Task.Id));
        }
        catch (ModelException e)
        {
            throw Redacted(e.ToAgentException());
        }
        catch (AgentException e)
        {
            throw Redacted(e);
        }
        finally
        {
            RunReport.Describe(Activity.Current, conversation.Model, conversation.Totals);
        }
    }

    // It goes to spans, logs and the task's errors, and may quote what the model was given.
    private AgentException Redacted(AgentException e) => new(e.ErrorType, redactor.Redact(e.Message), e.Retryable);
}
