using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.TelemetryStore.LogQl.Syntax;

/// <summary>A condition on labels.</summary>
public abstract record LabelFilter;

/// <summary>How numbers are compared.</summary>
public enum Comparison
{
    /// <summary><c>==</c></summary>
    Equal,
    /// <summary><c>!=</c></summary>
    NotEqual,
    /// <summary><c>&gt;</c></summary>
    Greater,
    /// <summary><c>&gt;=</c></summary>
    GreaterOrEqual,
    /// <summary><c>&lt;</c></summary>
    Less,
    /// <summary><c>&lt;=</c></summary>
    LessOrEqual,
}

/// <summary>Both conditions, or one of them.</summary>
public sealed record BinaryLabelFilter(LabelFilter Left, LabelFilter Right, bool IsAnd) : LabelFilter
{
    /// <inheritdoc/>
    public override string ToString() => $"( {Left} {(IsAnd ? "," : "or")} {Right} )";
}

/// <summary>A label's text is compared; a label that is missing counts as empty.</summary>
public sealed record TextLabelFilter(LabelMatcher Matcher) : LabelFilter
{
    /// <inheritdoc/>
    public override string ToString() => Print.Matcher(Matcher);
}

/// <summary>A label is read as a number and compared.</summary>
public sealed record NumberLabelFilter(string Name, Comparison Comparison, double Value) : LabelFilter
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name}{Print.Comparison(Comparison)}{GoText.FormatPlain(Value)}";
}

/// <summary>A label is read as a duration (Go's form) and compared with nanoseconds.</summary>
public sealed record DurationLabelFilter(string Name, Comparison Comparison, long Nanos) : LabelFilter
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name}{Print.Comparison(Comparison)}{GoDuration.FormatGo(Nanos)}";
}

/// <summary>A label is read as a size and compared with bytes.</summary>
public sealed record BytesLabelFilter(string Name, Comparison Comparison, ulong Bytes) : LabelFilter
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name}{Print.Comparison(Comparison)}{ByteSize.Format(Bytes)}";
}
