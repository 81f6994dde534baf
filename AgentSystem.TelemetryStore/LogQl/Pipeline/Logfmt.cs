using AgentSystem.TelemetryStore.LogQl.Syntax;

namespace AgentSystem.TelemetryStore.LogQl.Pipeline;

/// <summary><c>| logfmt</c>: each <c>key=value</c> of the line becomes a label, or only those that the query names.</summary>
internal sealed class LogfmtParser(LogfmtStage stage) : IStage
{
    private const string ParserError = "LogfmtParserErr";

    public bool Process(long timestampNanos, ref string line, EntryLabels labels)
    {
        if (labels.Hints.NoLabels || labels.IsComplete)
            return true;
        foreach (var extraction in stage.Extractions)
        {
            if (!labels.IsTaken(extraction.Label))
                labels.Set(extraction.Label, "");
        }
        var reader = new LogfmtReader(line);
        while (!reader.IsAtEnd)
        {
            if (!reader.Read())
            {
                if (stage.Strict)
                    break;
                continue;
            }
            var label = LabelText.Sanitize(reader.Key);
            if (label.Length == 0)
                continue;
            if (stage.Extractions.Count > 0)
                Extract(label, reader.Value, labels);
            else if (!Take(label, LabelText.WithoutInvalid(reader.Value), labels))
                return false;
            if (labels.IsComplete)
                break;
        }
        if (stage.Strict && reader.Error is not null)
        {
            labels.Fail(ParserError, reader.Error);
            return labels.Hints.Satisfies(EntryLabels.ErrorLabel, labels);
        }
        return true;
    }

    private bool Take(string label, string value, EntryLabels labels)
    {
        if (labels.IsTaken(label))
            label += EntryLabels.DuplicateSuffix;
        if (!labels.Hints.Wants(label) || labels.IsExtracted(label) || (value.Length == 0 && !stage.KeepEmpty))
            return true;
        labels.Set(label, value);
        return labels.Hints.Satisfies(label, labels);
    }

    private void Extract(string key, string value, EntryLabels labels)
    {
        var label = stage.Extractions.FirstOrDefault(e => e.Path == key)?.Label ?? key;
        if (!stage.Extractions.Any(e => e.Label == label))
            return;
        labels.Set(labels.IsTaken(label) ? label + EntryLabels.DuplicateSuffix : label, value);
    }
}

/// <summary>Reads pairs from a line and goes on behind what it cannot read.</summary>
internal sealed class LogfmtReader(string line)
{
    private int _at;

    internal bool IsAtEnd => _at >= line.Length;

    internal string Key { get; private set; } = "";

    internal string Value { get; private set; } = "";

    /// <summary>The last error, in the words of Loki's library.</summary>
    internal string? Error { get; private set; }

    /// <summary>Reads the next pair; false at the end and after an error.</summary>
    internal bool Read()
    {
        (Key, Value) = ("", "");
        while (!IsAtEnd && line[_at] <= ' ')
            _at++;
        if (IsAtEnd)
            return false;
        var start = _at;
        while (!IsAtEnd && line[_at] > ' ' && line[_at] is not ('=' or '"'))
            _at++;
        Key = line[start.._at];
        if (IsAtEnd || line[_at] <= ' ')
            return true;
        if (line[_at] == '"' || Key.Length == 0)
            return Unexpected();
        _at++;
        if (IsAtEnd || line[_at] <= ' ')
            return true;
        if (line[_at] == '"')
            return ReadQuoted();
        start = _at;
        while (!IsAtEnd && line[_at] > ' ')
        {
            if (line[_at] is '=' or '"')
                return Unexpected();
            _at++;
        }
        Value = line[start.._at];
        return true;
    }

    private bool ReadQuoted()
    {
        var start = ++_at;
        for (; !IsAtEnd; _at++)
        {
            if (line[_at] == '\\')
                _at++;
            else if (line[_at] == '"')
                break;
        }
        if (_at >= line.Length)
        {
            _at = line.Length;
            return Fail("unterminated quoted value");
        }
        var raw = line.AsSpan(start, _at - start);
        _at++;
        if (LenientJson.Unescape(raw) is not { } value)
            return Fail("invalid quoted value");
        Value = value;
        return true;
    }

    private bool Unexpected()
    {
        Fail($"unexpected '{line[_at]}'");
        while (!IsAtEnd && line[_at] > ' ')
            _at++;
        return false;
    }

    private bool Fail(string what)
    {
        Error = $"logfmt syntax error at pos {_at + 1} : {what}";
        return false;
    }
}
