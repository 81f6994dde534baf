namespace AgentSystem.TelemetryStore.Logs;

/// <summary>A label of a stream, or a piece of structured metadata.</summary>
/// <param name="Name">As Loki writes it: letters, digits, underscores.</param>
/// <param name="Value">Never empty: a label without a value is no label.</param>
public readonly record struct Label(string Name, string Value);

/// <summary>A line of a log as Loki has it.</summary>
/// <param name="TimestampNanos">Nanoseconds since 1970-01-01T00:00:00Z.</param>
/// <param name="Line">The text.</param>
/// <param name="Stream">The index labels, sorted by name; the same instance for all entries of a stream.</param>
/// <param name="Metadata">The structured metadata, sorted by name.</param>
public sealed record LogEntry(long TimestampNanos, string Line, IReadOnlyList<Label> Stream, IReadOnlyList<Label> Metadata)
{
    /// <summary>
    /// Tells lines of log files apart that are the same in all else: which one it was of all that were read. 0 for what was sent, of which
    /// the same may come twice.
    /// </summary>
    public long Number { get; init; }
}

/// <summary>How a label is compared.</summary>
public enum LabelMatch
{
    /// <summary><c>=</c></summary>
    Equal,
    /// <summary><c>!=</c></summary>
    NotEqual,
    /// <summary><c>=~</c>, anchored at both ends</summary>
    Regex,
    /// <summary><c>!~</c>, anchored at both ends</summary>
    NotRegex,
}

/// <summary>One condition of a stream selector. A label that a stream does not have compares as empty text.</summary>
public sealed record LabelMatcher(string Name, LabelMatch Match, string Value);

/// <summary>Which lines of which streams are wanted.</summary>
/// <param name="Matchers">All have to hold.</param>
/// <param name="FromNanos">The first instant that counts.</param>
/// <param name="ToNanos">The first instant that does not count any more.</param>
public sealed record LogSelection(IReadOnlyList<LabelMatcher> Matchers, long FromNanos, long ToNanos)
{
    /// <summary>Newest lines first.</summary>
    public bool Backward { get; init; }

    /// <summary>Texts that each line has to contain, case and all. The store uses its text index for them and returns no line without them.</summary>
    public IReadOnlyList<string> Contains { get; init; } = [];
}
