namespace AgentSystem.TelemetryStore.LogQl.Pipeline;

/// <summary>A step of a pipeline at work. Serves one query, one line at a time.</summary>
internal interface IStage
{
    /// <summary>Whether the line goes on.</summary>
    /// <param name="timestampNanos">The line's time.</param>
    /// <param name="line">The text, which the stage may replace.</param>
    /// <param name="labels">The labels, which the stage may change.</param>
    bool Process(long timestampNanos, ref string line, EntryLabels labels);

    /// <summary>The labels that the stage looks at.</summary>
    IEnumerable<string> RequiredLabels => [];
}
