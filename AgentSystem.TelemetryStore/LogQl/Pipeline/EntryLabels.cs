using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.TelemetryStore.LogQl.Pipeline;

/// <summary>
/// The labels of one line on its way through a pipeline. Parsed labels hide structured metadata of the same name, which hides stream
/// labels; an error of a stage is a label too (<c>__error__</c>).
/// </summary>
internal sealed class EntryLabels(ParserHints hints)
{
    internal const string ErrorLabel = "__error__", ErrorDetailsLabel = "__error_details__", PreserveErrorLabel = "__preserve_error__";

    /// <summary>What a parser adds to a name that the stream or the metadata has already.</summary>
    internal const string DuplicateSuffix = "_extracted";

    private readonly List<Label> _metadata = [], _parsed = [];
    private readonly HashSet<string> _deleted = [];
    private readonly HashSet<string> _extracted = [];
    private IReadOnlyList<Label> _stream = [];

    internal ParserHints Hints => hints;

    /// <summary>The name of the error, null when there is none.</summary>
    internal string? Error { get; set; }

    internal string? ErrorDetails { get; set; }

    /// <summary>Begins with a line's own labels.</summary>
    internal void Reset(LogEntry entry)
    {
        _stream = entry.Stream;
        _metadata.Clear();
        _parsed.Clear();
        _deleted.Clear();
        _extracted.Clear();
        Error = ErrorDetails = null;
        foreach (var label in entry.Metadata)
        {
            if (label.Name == ErrorLabel)
                Error = label.Value;
            else if (label.Name == ErrorDetailsLabel)
                ErrorDetails = label.Value;
            else
                Replace(_metadata, Has(_stream, label.Name) ? label.Name + DuplicateSuffix : label.Name, label.Value);
        }
    }

    /// <summary>Whether a parser has to choose another name.</summary>
    internal bool IsTaken(string name) => Has(_stream, name) || Has(_metadata, name);

    /// <summary>Whether a parser has given the label a value already.</summary>
    internal bool IsExtracted(string name) => _extracted.Contains(name);

    /// <summary>Whether parsers need not read on, or need not begin at all.</summary>
    internal bool IsComplete => hints.Required is { Count: > 0 } required && _extracted.Count >= required.Count && required.All(_extracted.Contains);

    internal string? Get(string name)
    {
        if (Find(_metadata, name) is { } metadata)
            return metadata;
        if (Find(_parsed, name) is { } parsed)
            return parsed;
        return _deleted.Contains(name) || Find(_stream, name) is not { Length: > 0 } value ? null : value;
    }

    /// <summary>The value as conditions on text see it.</summary>
    internal string Text(string name) => (name == ErrorLabel ? Error : Get(name)) ?? "";

    internal void Set(string name, string value)
    {
        _metadata.RemoveAll(l => l.Name == name);
        Replace(_parsed, name, value);
        _extracted.Add(name);
    }

    internal void Delete(string name)
    {
        _metadata.RemoveAll(l => l.Name == name);
        _parsed.RemoveAll(l => l.Name == name);
        _deleted.Add(name);
    }

    /// <summary>Notes an error of a parser.</summary>
    internal void Fail(string error, string? details)
    {
        Error = error;
        ErrorDetails = details ?? ErrorDetails;
        if (hints.PreserveError)
            Set(PreserveErrorLabel, "true");
    }

    /// <summary>Notes an error of a condition; the first one is worth more.</summary>
    internal void FailOnce(string error, string details)
    {
        if (Error is null)
            (Error, ErrorDetails) = (error, details);
    }

    internal IEnumerable<Label> StreamLabels => _stream.Where(l => !_deleted.Contains(l.Name) && !Has(_metadata, l.Name) && !Has(_parsed, l.Name));

    internal IReadOnlyList<Label> MetadataLabels => _metadata;

    /// <summary>What parsers and formats made, and the errors.</summary>
    internal IEnumerable<Label> ParsedLabels
    {
        get
        {
            foreach (var label in _parsed)
                yield return label;
            if (Error is not null)
                yield return new(ErrorLabel, Error);
            if (ErrorDetails is not null)
                yield return new(ErrorDetailsLabel, ErrorDetails);
        }
    }

    /// <summary>All labels but the errors, in no order.</summary>
    internal IEnumerable<Label> WithoutErrors => StreamLabels.Concat(_metadata).Concat(_parsed);

    /// <summary>All labels, in no order.</summary>
    internal IEnumerable<Label> All => StreamLabels.Concat(_metadata).Concat(ParsedLabels);

    private static bool Has(IReadOnlyList<Label> labels, string name) => Find(labels, name) is not null;

    private static string? Find(IReadOnlyList<Label> labels, string name)
    {
        for (var i = 0; i < labels.Count; i++)
        {
            if (labels[i].Name == name)
                return labels[i].Value;
        }
        return null;
    }

    private static void Replace(List<Label> labels, string name, string value)
    {
        var at = labels.FindIndex(l => l.Name == name);
        if (at >= 0)
            labels[at] = new(name, value);
        else
            labels.Add(new(name, value));
    }
}
