using System.Text;
using AgentSystem.TelemetryStore.LogQl.Pipeline;
using AgentSystem.TelemetryStore.LogQl.Syntax;
using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.TelemetryStore.LogQl.Evaluation;

/// <summary>Makes samples of lines: what a range aggregation counts or reads of them, and the labels that its result keeps.</summary>
internal sealed class SampleReader
{
    private const string ExtractionError = "SampleExtractionErr";

    private readonly IReadOnlyList<IStage> _stages, _after;
    private readonly EntryLabels _labels;
    private readonly Grouping? _grouping;
    private readonly bool _noLabels, _countsBytes;
    private readonly Unwrap? _unwrap;
    private readonly Func<string, (double Value, string? Error)> _convert;

    /// <param name="range">The aggregation.</param>
    /// <param name="around">The grouping of a sum around it, which Loki applies to the single lines already.</param>
    internal SampleReader(RangeAggregation range, Grouping? around)
    {
        var logs = range.Range.Logs;
        _unwrap = range.Range.Unwrap;
        _stages = StageCompiler.Compile(logs.Stages);
        _after = StageCompiler.Compile((_unwrap?.Filters ?? []).Select(f => new LabelFilterStage(f)));
        _countsBytes = range.Operation is "bytes_over_time" or "bytes_rate";
        _grouping = around ?? range.Grouping;
        _noLabels = range.Operation == "absent_over_time" || _grouping?.IsSingle == true;
        // The label that became the value is no label of the result any more.
        if (_unwrap is not null && (_grouping is null || _grouping.Without || _grouping.Labels.Count == 0))
            _grouping = new(Without: true, [.. _grouping?.Labels ?? [], _unwrap.Label]);
        _convert = _unwrap?.Conversion switch { "bytes" => Conversions.Bytes, "duration" or "duration_seconds" => Conversions.Seconds, _ => Conversions.Number };
        _labels = new(ParserHints.ForSamples([.. _stages, .. _after], _grouping, _noLabels, _unwrap?.Label));
    }

    /// <summary>The line's sample, null when it has none.</summary>
    internal (LabelSet Labels, double Value)? Read(LogEntry entry)
    {
        var line = entry.Line;
        _labels.Reset(entry);
        if (!Run(_stages, entry, ref line))
            return null;
        if (_unwrap is null)
            return (Labels(), _countsBytes ? Encoding.UTF8.GetByteCount(line) : 1);
        if (_labels.Get(_unwrap.Label) is not { Length: > 0 } text)
            return null;
        var (value, error) = _convert(text);
        if (error is not null)
            (_labels.Error, _labels.ErrorDetails) = (ExtractionError, error);
        return Run(_after, entry, ref line) ? (Labels(), value) : null;
    }

    private bool Run(IReadOnlyList<IStage> stages, LogEntry entry, ref string line)
    {
        foreach (var stage in stages)
        {
            if (!stage.Process(entry.TimestampNanos, ref line, _labels))
                return false;
        }
        return true;
    }

    private LabelSet Labels()
    {
        // A grouping must not hide an error.
        if (_labels.Error is not null)
            return new(_labels.All);
        if (_noLabels)
            return LabelSet.Empty;
        if (_grouping is null || _grouping.Labels.Count == 0)
            return new(_labels.All);
        return new(_labels.WithoutErrors.Where(l => _grouping.Labels.Contains(l.Name) != _grouping.Without));
    }
}
