using System.CommandLine;
using System.Globalization;
using AgentSystem.Cli.Submission;
using AgentSystem.Cli.Terminal;
using AgentSystem.Protocol;

namespace AgentSystem.Cli.Commands;

/// <summary>The arguments of <c>agentctl submit</c>, and the tasks that they mean.</summary>
internal sealed class SubmitOptions
{
    private readonly Argument<string[]> _inputs = new("input")
    {
        Description = "Files, folders (with all below them), or '-' for standard input.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> _jsonInput = new("--json-input")
    {
        Description = "The input holds tasks as JSON, one object or an array, as POST /tasks takes them.",
    };

    private readonly Option<string> _type = new("--type")
    {
        Description = "What kind of work it is.",
        HelpName = "type",
        DefaultValueFactory = _ => "document_analysis",
    };

    private readonly Option<string?> _priority = new("--priority") { Description = "How urgent it is.", HelpName = "critical|high|normal|low" };

    private readonly Option<string?> _worker = new("--worker") { Description = "Who has to do it; else the orchestrator chooses.", HelpName = "name" };

    private readonly Option<int?> _maxAttempts = new("--max-attempts") { Description = "How many tries there are, from 1 to 100.", HelpName = "number" };

    private readonly Option<DateTimeOffset?> _deadline = new("--deadline")
    {
        Description = "When it is no longer worth doing: a duration from now (90s, 10m, 2h) or an ISO 8601 time with its offset.",
        HelpName = "time",
    };

    private readonly Option<string?> _idempotencyKey = new("--idempotency-key")
    {
        Description = "The same key never makes a second task; with several inputs each task's key is made of this one and its file's name.",
        HelpName = "key",
    };

    /// <summary>Whether to wait until the tasks are settled.</summary>
    public Option<bool> Wait { get; } = new("--wait")
    {
        Description = "Wait until the tasks are settled, with progress; also waits (up to 5 minutes) while the queue is full.",
    };

    /// <summary>How long to wait at most.</summary>
    public Option<TimeSpan?> Timeout { get; } = TimeoutOption.New();

    public void AddTo(Command command)
    {
        _priority.AcceptOnlyFromAmong([.. Enum.GetValues<TaskPriority>().Select(p => p.ToName())]);
        _deadline.CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (Durations.TryParse(text, out var duration))
                return DateTimeOffset.UtcNow + duration;
            // A time without an offset means something else on every machine.
            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var moment)
                && (text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T', StringComparison.Ordinal)))
                return moment;
            result.AddError($"'{text}' is no deadline; write 90s, 10m or 2h, or a time with its offset such as 2026-11-24T18:00:00Z.");
            return null;
        };
        command.Arguments.Add(_inputs);
        foreach (var option in (Option[])[_type, _priority, _worker, _maxAttempts, _deadline, _idempotencyKey, _jsonInput, Wait, Timeout])
            command.Options.Add(option);
    }

    /// <exception cref="CliException">The input is wrong.</exception>
    public IReadOnlyList<NamedSubmission> ReadTasks(CliHost host, Output output, ParseResult parsed)
    {
        var reader = new SubmissionReader(host.OpenInput, output.Note);
        var inputs = parsed.GetRequiredValue(_inputs);
        if (inputs.Count(i => i == SubmissionReader.StandardInput) > 1)
            throw new CliException(ExitCode.Usage, "'-' can be given once: standard input has one end.");
        var tasks = parsed.GetValue(_jsonInput) ? reader.ReadJson(inputs) : reader.ReadDocuments(inputs);
        if (tasks.Count == 0)
            throw new CliException(ExitCode.Usage, "the input holds no tasks.");

        var defaults = new SubmissionDefaults
        {
            Type = parsed.GetValue(_type)!,
            Priority = parsed.GetValue(_priority) is { } word ? Enum.GetValues<TaskPriority>().Single(p => p.ToName() == word) : null,
            Worker = parsed.GetValue(_worker),
            MaxAttempts = parsed.GetValue(_maxAttempts),
            Deadline = parsed.GetValue(_deadline),
            IdempotencyKey = parsed.GetValue(_idempotencyKey),
        };
        return defaults.WithKeys([.. tasks.Select(t => t with { Task = defaults.ApplyTo(t.Task) })]);
    }
}
