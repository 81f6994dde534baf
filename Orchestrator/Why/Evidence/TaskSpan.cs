using AgentSystem.Protocol;

namespace AgentSystem.Orchestrator.Why.Evidence;

/// <summary>A span, with its times by the clock of the process that made it.</summary>
internal sealed record TaskSpan(
    string TraceId, string SpanId, string? ParentId, string Name, string Service, DateTimeOffset Start, DateTimeOffset End,
    IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>What is done: GenAI's operation, else the name's first word.</summary>
    internal string Operation => Tag(TelemetryNames.Attributes.GenAiOperation) ?? (Name.IndexOf(' ', StringComparison.Ordinal) is > 0 and var end ? Name[..end] : Name);

    internal bool IsModel => Operation is TelemetryNames.Spans.Chat or "generate_content" or "text_completion";

    internal bool IsTool => Operation == TelemetryNames.Spans.ExecuteTool;

    internal bool IsError => Tag("error") == "true" || Tag("otel.status_code") == "ERROR";

    internal int? Attempt => int.TryParse(Tag(TelemetryNames.Attributes.TaskAttempt), out var attempt) ? attempt : null;

    internal string? TaskId => Tag(TelemetryNames.Attributes.TaskId);

    internal string? Tag(string name) => Tags.GetValueOrDefault(name);
}

/// <summary>A log line.</summary>
internal sealed record LogLine(DateTimeOffset At, string Level, string Service, string Text, string? TraceId, int? Attempt);
