using AgentSystem.TelemetryStore.LogQl.Syntax;
using AgentSystem.TelemetryStore.LogQl.Templates;
using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.TelemetryStore.LogQl.Pipeline;

/// <summary><c>| line_format</c></summary>
internal sealed class LineFormatter(LineFormatStage stage) : IStage
{
    internal const string TemplateError = "TemplateFormatErr";

    private readonly Template _template = Parse(stage.Template);

    public IEnumerable<string> RequiredLabels => _template.Fields;

    public bool Process(long timestampNanos, ref string line, EntryLabels labels)
    {
        try
        {
            line = _template.Execute(new(LabelFormatter.Map(labels), line, timestampNanos));
        }
        catch (TemplateException e)
        {
            (labels.Error, labels.ErrorDetails) = (TemplateError, e.Message);
        }
        return true;
    }

    private static Template Parse(string text)
    {
        try
        {
            return Template.Parse("line", text);
        }
        catch (TemplateException e)
        {
            throw new FormatException($"invalid line template: {e.Message}", e);
        }
    }
}

/// <summary><c>| label_format</c>: renames one after another; the templates of a stage all see the labels of before the first of them.</summary>
internal sealed class LabelFormatter : IStage
{
    private readonly (LabelFormat Format, Template? Template)[] _formats;

    /// <exception cref="FormatException">A template cannot be read, or the stage contradicts itself.</exception>
    internal LabelFormatter(LabelFormatStage stage)
    {
        var names = new HashSet<string>();
        foreach (var name in stage.Formats.Select(f => f.Label))
        {
            if (name == EntryLabels.ErrorLabel)
                throw new FormatException($"{name} cannot be formatted");
            if (!names.Add(name))
                throw new FormatException($"multiple label name '{name}' not allowed in a single format operation");
        }
        _formats = [.. stage.Formats.Select(f => (f, f.IsRename ? null : Parse(f)))];
    }

    public IEnumerable<string> RequiredLabels => _formats.SelectMany(f => f.Template?.Fields ?? [f.Format.Value]).Distinct();

    public bool Process(long timestampNanos, ref string line, EntryLabels labels)
    {
        TemplateInput? input = null;
        foreach (var (format, template) in _formats)
        {
            if (template is null)
            {
                Rename(format, labels);
                continue;
            }
            try
            {
                input ??= new(Map(labels), line, timestampNanos);
                labels.Set(format.Label, template.Execute(input));
            }
            catch (TemplateException e)
            {
                (labels.Error, labels.ErrorDetails) = (LineFormatter.TemplateError, e.Message);
            }
        }
        return true;
    }

    private static void Rename(LabelFormat format, EntryLabels labels)
    {
        if (labels.Get(format.Value) is not { } value)
            return;
        labels.Set(format.Label, value);
        labels.Delete(format.Value);
    }

    internal static Dictionary<string, string> Map(EntryLabels labels)
    {
        var map = new Dictionary<string, string>();
        foreach (var label in labels.All)
            map[label.Name] = label.Value;
        return map;
    }

    private static Template Parse(LabelFormat format)
    {
        try
        {
            return Template.Parse("label", format.Value);
        }
        catch (TemplateException e)
        {
            throw new FormatException($"invalid template for label '{format.Label}': {e.Message}", e);
        }
    }
}

/// <summary><c>| drop</c> and <c>| keep</c></summary>
internal sealed class LabelChooser(LabelChoiceStage stage) : IStage
{
    private readonly (string Name, Func<string, bool>? Holds)[] _choices =
        [.. stage.Labels.Select(l => (l.Name, l.Matcher is null ? null : LabelPredicate.Compile(l.Matcher)))];

    public bool Process(long timestampNanos, ref string line, EntryLabels labels)
    {
        if (stage.Keep)
            Keep(labels);
        else
            Drop(labels);
        return true;
    }

    private void Drop(EntryLabels labels)
    {
        foreach (var (name, holds) in _choices)
        {
            if (name == EntryLabels.ErrorLabel)
                labels.Error = holds is null || holds(labels.Error ?? "") ? null : labels.Error;
            else if (name == EntryLabels.ErrorDetailsLabel)
                labels.ErrorDetails = holds is null || holds(labels.ErrorDetails ?? "") ? null : labels.ErrorDetails;
            else if (holds is null ? labels.Get(name) is not null : holds(labels.Text(name)))
                labels.Delete(name);
        }
    }

    private void Keep(EntryLabels labels)
    {
        foreach (var label in labels.All.ToArray())
        {
            var isSpecial = label.Name is EntryLabels.ErrorLabel or EntryLabels.ErrorDetailsLabel or EntryLabels.PreserveErrorLabel;
            if (!isSpecial && !Array.Exists(_choices, c => c.Name == label.Name && c.Holds?.Invoke(label.Value) != false))
                labels.Delete(label.Name);
        }
    }
}
