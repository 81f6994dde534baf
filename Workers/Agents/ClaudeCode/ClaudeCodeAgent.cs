using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using AgentSystem.Protocol;
using AgentSystem.Workers.Agents.Claude.Models;
using AgentSystem.Workers.Agents.Claude.Privacy;
using AgentSystem.Workers.Agents.Claude.Tools;
using AgentSystem.Workers.Agents.Claude.Work;
using AgentSystem.Workers.Configuration;
using Microsoft.Extensions.Options;

namespace AgentSystem.Workers.Agents.ClaudeCode;

/// <summary>
/// Claude Code, headless, a process a task: in the task's output folder, with a home of its own, within limits on time, turns and money.
/// </summary>
internal sealed partial class ClaudeCodeAgent(
    Assignments assignments, CodeCommand command, Purse purse, ModelInstruments instruments, IEnumerable<IModelFault> faults, Redactor redactor,
    SharedVolume volume, IOptions<ClaudeOptions> options, TimeProvider time, ILogger<ClaudeCodeAgent> logger) : IAgent
{
    /// <summary>The agent's name.</summary>
    public const string AgentName = "claude-code";

    // On a busy machine it may take longer to say what it has cost than the task waits for; nobody waits for longer than it takes.
    private static readonly TimeSpan InterruptGrace = TimeSpan.FromSeconds(3);
    private readonly ClaudeCodeOptions _options = options.Value.Code;

    public string Name => AgentName;

    public IReadOnlyCollection<string> TaskTypes => assignments.TaskTypes;

    public string? Problem =>
        CodeCommand.Find(_options.Executable) is null ? $"'{_options.Executable}' is not there (Claude__Code__Executable)" : null;

    public async Task<JsonElement> RunAsync(AgentContext context, CancellationToken cancellation)
    {
        var program = CodeCommand.Find(_options.Executable)
            ?? throw new AgentException("agent_missing", $"{Problem}. Install it: npm install -g @anthropic-ai/claude-code.");
        var assignment = assignments.Of(context, reader: "Read");
        var task = context.Task;
        var reservation = await purse.ReserveAsync(
            new()
            {
                TaskId = task.Id,
                Attempt = task.Attempt,
                Worker = task.Worker,
                Model = assignment.Model,
                AmountUsd = _options.MaxBudgetUsd,
                Seconds = _options.Timeout.TotalSeconds,
            },
            cancellation);
        var (run, totals, started) = (new CodeRun(), new RunTotals(), time.GetTimestamp());
        string? errorType = "cancelled";
        ConversationEnd end;
        try
        {
            faults.BeforeCall();
            var stderr = await RunAsync(program, assignment, context, reservation.AmountUsd, run, cancellation);
            end = Check(assignment, Judge(run, stderr));
            errorType = null;
        }
        catch (ModelException e)
        {
            errorType = e.Kind.ToName();
            if (!e.IsInjected)
                instruments.CountError(e.Kind);
            throw Redacted(e.ToAgentException());
        }
        catch (AgentException e)
        {
            errorType = e.ErrorType;
            throw Redacted(e);
        }
        finally
        {
            var settled = await purse.SettleAsync(
                reservation, new() { Usage = run.Usage, CostUsd = run.Result?.CostUsd, Estimated = run.Result is null });
            totals.Add(run.Usage, settled?.CostUsd ?? run.Result?.CostUsd ?? 0);
            instruments.Count(assignment.Model, TelemetryNames.Spans.InvokeAgent, time.GetElapsedTime(started), run.Usage, totals.CostUsd, errorType);
            RunReport.Describe(Activity.Current, assignment.Model, totals);
        }
        return RunReport.Output(end, Name, assignment.Model, totals, run.Result!.Turns, [], OutputFolder.List(volume, task.Id));
    }

    private AgentException Redacted(AgentException e) => new(e.ErrorType, redactor.Redact(e.Message), e.Retryable);

    /// <summary>Runs it to its end, or ends it; returns what it complained of.</summary>
    private async Task<string> RunAsync(
        string program, Assignment assignment, AgentContext context, decimal budgetUsd, CodeRun run, CancellationToken cancellation)
    {
        var home = Directory.CreateTempSubdirectory("agentsystem-claude-").FullName;
        using var limit = new CancellationTokenSource(_options.Timeout, time);
        using var silence = new CancellationTokenSource(_options.StallTimeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token, silence.Token);
        try
        {
            using var tree = Start(command.For(program, assignment, context.Task, budgetUsd, OutputFolder.Of(volume, context.Task.Id).Path, home));
            var stderr = tree.Error.ReadToEndAsync(CancellationToken.None);
            var events = ReadAsync(tree, run, context, () => silence.CancelAfter(_options.StallTimeout));
            // On a thread of its own: writing to a pipe that nobody reads holds up whoever writes.
            var prompt = Task.Run(() => WriteAsync(tree, assignment.Prompt), CancellationToken.None);
            try
            {
                await tree.WaitAsync(stop.Token);
                // What it has left behind would hold its streams open.
                tree.Kill();
                await Task.WhenAll(prompt, events, stderr).WaitAsync(stop.Token);
            }
            catch (OperationCanceledException)
            {
                // Asked nicely, it says what it has cost before it goes.
                tree.Interrupt();
                await Task.WhenAny(
                    run.Ended, Task.WhenAll(events, tree.WaitAsync(CancellationToken.None)), Task.Delay(InterruptGrace, time, CancellationToken.None));
                tree.Kill();
                cancellation.ThrowIfCancellationRequested();
                throw new ModelException(ModelErrorKind.Timeout, limit.IsCancellationRequested
                    ? $"Claude Code was not done after {_options.Timeout.TotalSeconds:0.###} s."
                    : $"Claude Code said nothing for {_options.StallTimeout.TotalSeconds:0.###} s.");
            }
            Ended(tree.ExitCode, run.Result?.Subtype ?? "no result", run.Turns);
            return await stderr;
        }
        finally
        {
            Remove(home);
        }
    }

    private static ProcessTree Start(ProcessStartInfo start)
    {
        try
        {
            return ProcessTree.Start(start);
        }
        catch (Win32Exception e)
        {
            throw new AgentException("agent_missing", $"{start.FileName} cannot be started: {e.Message}");
        }
    }

    private async Task ReadAsync(ProcessTree tree, CodeRun run, AgentContext context, Action alive)
    {
        while (await tree.Output.ReadLineAsync(CancellationToken.None) is { } line)
        {
            alive();
            run.Apply(line);
            context.Report((double)run.Turns / (_options.MaxTurns + 1), run.Tool ?? "thinking");
        }
    }

    // Not as an argument, which everybody on the machine can read.
    private static async Task WriteAsync(ProcessTree tree, string prompt)
    {
        try
        {
            await tree.Input.WriteAsync(prompt);
            tree.Input.Close();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It has ended already, and says itself why.
        }
    }

    /// <summary>What it says, where it did what it should. A failure of the API ends with the subtype <c>success</c>, too.</summary>
    private static string Judge(CodeRun run, string stderr) => run.Result switch
    {
        null => throw new AgentException("agent_error", $"Claude Code ended without a result: {Tail(stderr)}", retryable: true),
        not null when run.IsRefused => throw new ModelException(ModelErrorKind.Refused, "The model declines this task."),
        { Subtype: "error_max_turns" } result => throw new AgentException(
            "too_many_turns", $"Claude Code took {result.Turns} turns and is not done (Claude__Code__MaxTurns)."),
        { Subtype: "error_max_budget_usd" } result => throw new AgentException(
            "budget_exceeded", $"Claude Code has spent {result.CostUsd} USD and is not done (Claude__Code__MaxBudgetUsd)."),
        { IsError: true, ApiStatus: { } status } result => throw new ModelException(ModelErrorKinds.OfStatus(status), result.Text),
        { IsError: true } result => throw new ModelException(
            ModelErrorKind.Network, result.Text.Length > 0 ? result.Text : $"Claude Code failed ({result.Subtype})."),
        { Denied.Count: > 0, Text: "" } result => throw new AgentException(
            "not_allowed", $"Claude Code may not use {string.Join(", ", result.Denied.Distinct())}."),
        var result => result.Text,
    };

    private static ConversationEnd Check(Assignment assignment, string text)
    {
        if (assignment.Schema is null)
            return new(text, null);
        var (value, problems) = assignment.Schema.Check(text);
        return value is not null
            ? new(text, value)
            : throw new AgentException("invalid_output", $"The answer does not satisfy the schema: {problems}", retryable: true);
    }

    private static string Tail(string text) => text.Length <= 500 ? text : "…" + text[^500..];

    private void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            CannotRemove(e, folder);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Claude Code ended with {ExitCode} ({Subtype}) after {Turns} turns")]
    private partial void Ended(int exitCode, string subtype, int turns);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cannot remove {Folder}")]
    private partial void CannotRemove(Exception e, string folder);
}
