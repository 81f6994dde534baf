using AgentSystem.TelemetryStore.LogQl.Syntax;

namespace AgentSystem.TelemetryStore.LogQl.Pipeline;

/// <summary>
/// What a query needs of a line's fields, so that parsers leave the rest. This shows: a line that is no JSON is no error where no field
/// is needed, as in <c>sum(count_over_time({…} | json [1m]))</c>.
/// </summary>
/// <param name="NoLabels">No field is needed.</param>
/// <param name="Required">The names that are needed; null when all are.</param>
/// <param name="Conditions">Conditions on one label each: a parser drops the line as soon as its label does not satisfy one.</param>
internal sealed record ParserHints(bool NoLabels, IReadOnlySet<string>? Required, IReadOnlyList<(string Name, IStage Stage)> Conditions)
{
    internal static ParserHints None { get; } = new(false, null, []);

    /// <summary>The query asks for the error itself, so that it must not end the query.</summary>
    internal bool PreserveError => Required?.Contains(EntryLabels.ErrorLabel) == true;

    internal bool Wants(string name) => Required is null || Required.Contains(name);

    internal bool WantsPrefix(string prefix) => Required is null || Required.Any(r => r.StartsWith(prefix, StringComparison.Ordinal));

    internal bool Satisfies(string name, EntryLabels labels)
    {
        foreach (var (conditioned, stage) in Conditions)
        {
            if (conditioned == name)
            {
                var line = "";
                return stage.Process(0, ref line, labels);
            }
        }
        return true;
    }

    /// <summary>For a query that returns lines.</summary>
    internal static ParserHints ForLines(IReadOnlyList<IStage> stages) => new(false, null, SingleLabelConditions(stages));

    /// <summary>For a query that returns numbers, grouped as its range aggregation or the sum around it says.</summary>
    internal static ParserHints ForSamples(IReadOnlyList<IStage> stages, Grouping? grouping, bool noLabels, string? unwrapped)
    {
        var needed = stages.SelectMany(s => s.RequiredLabels).Concat(grouping?.Labels ?? []).Concat(unwrapped is null ? [] : [unwrapped]);
        var names = new HashSet<string>();
        foreach (var name in needed.Where(n => n.Length > 0))
        {
            names.Add(name);
            // A parsed label gets the suffix only when it clashes, which is not known yet.
            if (name.EndsWith(EntryLabels.DuplicateSuffix, StringComparison.Ordinal))
                names.Add(name[..^EntryLabels.DuplicateSuffix.Length]);
        }
        if (noLabels)
            return names.Count > 0 ? new(false, names, SingleLabelConditions(stages)) : new(true, null, []);
        return grouping is null || grouping.Without || grouping.Labels.Count == 0
            ? new(false, null, SingleLabelConditions(stages))
            : new(false, names, []);
    }

    private static List<(string, IStage)> SingleLabelConditions(IReadOnlyList<IStage> stages) =>
        [.. stages.OfType<LabelCondition>().Where(s => s.IsSimple).Select(s => (s.RequiredLabels.Single(), (IStage)s))];
}
