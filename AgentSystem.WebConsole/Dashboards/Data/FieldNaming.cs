using System.Text.RegularExpressions;
using AgentSystem.WebConsole.Dashboards.Model;

namespace AgentSystem.WebConsole.Dashboards.Data;

/// <summary>A field of a panel's data with the settings that hold for it.</summary>
/// <param name="Name">What it is called in the end.</param>
public sealed record NamedField(string Name, FieldSettings Settings);

/// <summary>Which settings hold for a field: the panel's, changed by each override that matches it, in order.</summary>
public static partial class FieldNaming
{
    private static readonly TimeSpan RegexLimit = TimeSpan.FromMilliseconds(100);

    /// <summary>The settings of a series.</summary>
    public static NamedField Of(Panel panel, DataSeries series) => Of(panel, series.Name, series.RefId, isNumber: true, isMoment: false, series.Labels);

    /// <summary>The settings of a table's column.</summary>
    public static NamedField Of(Panel panel, DataColumn column) =>
        Of(panel, column.Name, column.RefId ?? "", column.IsNumber, column.IsMoment, new Dictionary<string, string>());

    private static NamedField Of(Panel panel, string name, string refId, bool isNumber, bool isMoment, IReadOnlyDictionary<string, string> labels)
    {
        var matching = panel.Overrides.Where(o => Matches(o, name, refId, isNumber, isMoment)).ToList();
        var settings = FieldSettingsReader.Apply(panel.Defaults, matching);
        return new(settings.DisplayName is { Length: > 0 } display ? Fill(display, name, labels) : name, settings);
    }

    private static bool Matches(FieldOverride change, string name, string refId, bool isNumber, bool isMoment) => change.Matcher switch
    {
        MatcherKind.ByName => change.Argument == name,
        MatcherKind.ByFrameRefId => change.Argument == refId,
        MatcherKind.ByType => change.Argument == (isMoment ? "time" : isNumber ? "number" : "string"),
        _ => GrafanaRegex.Of(change.Argument, RegexLimit).IsMatch(name),
    };

    // Grafana's templates of names: ${__field.labels.worker}, ${__field.displayName}, ${__series.name}.
    private static string Fill(string template, string name, IReadOnlyDictionary<string, string> labels) => Pattern().Replace(template, match =>
        match.Groups[1].Value is { Length: > 0 } label ? labels.GetValueOrDefault(label, "") : name);

    [GeneratedRegex(@"\$\{__(?:field\.labels\.([A-Za-z0-9_]+)|field\.displayName|field\.name|series\.name)\}")]
    private static partial Regex Pattern();
}
