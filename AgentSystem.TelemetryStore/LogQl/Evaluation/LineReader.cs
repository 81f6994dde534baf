using System.Text;
using AgentSystem.TelemetryStore.LogQl.Pipeline;
using AgentSystem.TelemetryStore.LogQl.Syntax;
using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.TelemetryStore.LogQl.Evaluation;

/// <summary>Runs lines through the pipeline of a log query, one after another.</summary>
internal sealed class LineReader
{
    private readonly IReadOnlyList<IStage> _stages;
    private readonly EntryLabels _labels;

    /// <exception cref="LogQlException">A stage cannot do what it is asked to.</exception>
    internal LineReader(LogExpr logs)
    {
        _stages = StageCompiler.Compile(logs.Stages);
        _labels = new(ParserHints.ForLines(_stages));
    }

    /// <summary>The line as it leaves the pipeline, null when a filter keeps it back.</summary>
    internal ResultLine? Read(LogEntry entry)
    {
        var line = entry.Line;
        _labels.Reset(entry);
        foreach (var stage in _stages)
        {
            if (!stage.Process(entry.TimestampNanos, ref line, _labels))
                return null;
        }
        return new(entry.TimestampNanos, line, new(_labels.StreamLabels), new(_labels.MetadataLabels), new(_labels.ParsedLabels)) { Number = entry.Number };
    }

    /// <summary>The lines wanted, as the store has them.</summary>
    internal static IEnumerable<LogEntry> Select(
        ILogStore store, LogExpr logs, long fromNanos, long toNanos, bool backward, QueryStatistics statistics, CancellationToken cancellationToken)
    {
        var selection = new LogSelection(logs.Matchers, fromNanos, toNanos) { Backward = backward, Contains = StageCompiler.RequiredTexts(logs.Stages) };
        foreach (var entry in store.Select(selection, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            statistics.Lines++;
            statistics.Bytes += Encoding.UTF8.GetByteCount(entry.Line);
            yield return entry;
        }
    }
}
