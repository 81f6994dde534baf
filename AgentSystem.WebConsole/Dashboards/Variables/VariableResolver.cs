using System.Text.RegularExpressions;
using AgentSystem.WebConsole.Dashboards.Model;
using AgentSystem.WebConsole.Dashboards.Time;

namespace AgentSystem.WebConsole.Dashboards.Variables;

/// <summary>Where variables get their choices from.</summary>
public interface IVariableSource
{
    /// <summary>The data sources of a type, as choices; the default first.</summary>
    IReadOnlyList<Choice> DataSources(string type);

    /// <summary>Asks a data source.</summary>
    /// <exception cref="DashboardException">It cannot be asked; the message says why.</exception>
    Task<IReadOnlyList<string>> AskAsync(DataSourceRef source, VariableQuery query, TimeWindow range, CancellationToken cancellation);
}

/// <summary>Finds out what a dashboard's variables stand for: each after those that its query names.</summary>
public static partial class VariableResolver
{
    /// <summary>Resolves all variables.</summary>
    /// <param name="wanted">What the address asks for, by variable; a variable that is not in it takes what the file was saved with.</param>
    /// <param name="start">The scope to begin with.</param>
    /// <param name="last">What they stood for before: a variable whose choices cannot be had keeps those of then.</param>
    /// <exception cref="DashboardException">Variables name each other in a circle.</exception>
    public static async Task<Scope> ResolveAsync(
        IReadOnlyList<Variable> variables, IReadOnlyDictionary<string, IReadOnlyList<string>> wanted, TimeWindow range, Scope start, IVariableSource source,
        Scope? last, CancellationToken cancellation)
    {
        var scope = start.With(range);
        foreach (var variable in InOrder(variables))
        {
            var (choices, problem) = await ChoicesAsync(variable, scope, range, source, cancellation);
            if (problem is not null && last?[variable.Name] is { } before)
                choices = before.Choices;
            scope = scope.With(Chosen(variable, choices, wanted.GetValueOrDefault(variable.Name), range) with { Problem = problem });
        }
        return scope;
    }

    /// <summary>The variables such that each comes after those that it names.</summary>
    /// <exception cref="DashboardException">They name each other in a circle.</exception>
    public static IReadOnlyList<Variable> InOrder(IReadOnlyList<Variable> variables)
    {
        var ordered = new List<Variable>();
        var left = variables.ToList();
        while (left.Count > 0)
        {
            var next = left.FirstOrDefault(v => !Names(v).Any(n => n != v.Name && left.Any(other => other.Name == n)))
                ?? throw new DashboardException($"The variables {string.Join(", ", left.Select(v => v.Name))} name each other in a circle.");
            ordered.Add(next);
            left.Remove(next);
        }
        return ordered;
    }

    private static IEnumerable<string> Names(Variable variable) =>
        Scope.NamesIn($"{variable.Query} {variable.Regex} {variable.Source?.Uid}");

    private static async Task<(IReadOnlyList<Choice> Choices, string? Problem)> ChoicesAsync(
        Variable variable, Scope scope, TimeWindow range, IVariableSource source, CancellationToken cancellation)
    {
        switch (variable.Kind)
        {
            case VariableKind.Query:
                try
                {
                    var named = variable.Source ?? new(null, null);
                    var asked = named with { Uid = named.Uid is { } uid ? scope.Apply(uid, TextUse.Plain) : null };
                    var query = VariableQuery.Read(scope.Apply(variable.Query, named.Type == "loki" ? TextUse.LogQl : TextUse.PromQl));
                    var answer = await source.AskAsync(asked, query, range, cancellation);
                    return (VariableQuery.Choices(answer, scope.Apply(variable.Regex, TextUse.Plain), variable.Sort), null);
                }
                catch (DashboardException e)
                {
                    return ([], e.Message);
                }
            case VariableKind.DataSource:
                var sources = source.DataSources(variable.Query);
                return (variable.Regex.Length == 0 ? sources : [.. sources.Where(s => GrafanaRegex.Of(variable.Regex, TimeSpan.FromMilliseconds(100)).IsMatch(s.Text))],
                    sources.Count == 0 ? $"There is no data source of type {variable.Query}." : null);
            case VariableKind.Interval:
                IReadOnlyList<Choice> lengths = Listed(variable.Query);
                return (variable.Auto ? [new Choice("auto", Variable.AutoInterval(variable.Name)), .. lengths] : lengths, null);
            case VariableKind.Custom:
                return (Listed(scope.Apply(variable.Query, TextUse.Plain)), null);
            default:
                return ([new Choice(variable.Query, variable.Query)], null);
        }
    }

    /// <summary>Reads <c>a, b, text : value</c>; a comma that is part of a choice has a backslash before it.</summary>
    private static List<Choice> Listed(string list) =>
        [.. Items().Matches(list).Select(m => m.Value.Trim().Replace("\\,", ",", StringComparison.Ordinal)).Where(item => item.Length > 0)
            .Select(item => Pair().Match(item) is { Success: true } pair ? new Choice(pair.Groups[1].Value.Trim(), pair.Groups[2].Value.Trim()) : new Choice(item, item))];

    private static VariableValue Chosen(Variable variable, IReadOnlyList<Choice> choices, IReadOnlyList<string>? wanted, TimeWindow range)
    {
        var asked = wanted is { Count: > 0 } ? wanted : variable.Current;
        if (variable.Kind is VariableKind.TextBox)
            return new(variable, [wanted is { Count: > 0 } ? wanted[0] : variable.Query], [wanted is { Count: > 0 } ? wanted[0] : variable.Query], choices);
        if (variable.Kind is VariableKind.Constant)
            return new(variable, [variable.Query], [variable.Query], choices);

        if (variable.IncludeAll && (asked.Contains(Variable.All) || asked.Contains("All")))
            return AllOf(variable, choices);
        // What was chosen once and is no longer offered (a worker that is gone, a data source of another Grafana) gives way to what is.
        var chosen = asked.Select(value => choices.FirstOrDefault(c => c.Value == value) ?? choices.FirstOrDefault(c => c.Text == value)).OfType<Choice>().Take(variable.Multi ? int.MaxValue : 1).ToList();
        // An address is a person's wish: it holds even where the choices could not be had.
        if (chosen.Count == 0 && wanted is { Count: > 0 } && choices.Count == 0)
            chosen = [.. wanted.Take(variable.Multi ? int.MaxValue : 1).Select(value => new Choice(value, value))];
        if (chosen.Count == 0 && variable.IncludeAll)
            return AllOf(variable, choices);
        if (chosen.Count == 0)
            chosen = [.. choices.Take(1)];
        return new(variable, [.. chosen.Select(c => Value(c, variable, range))], [.. chosen.Select(c => c.Text)], choices);
    }

    private static VariableValue AllOf(Variable variable, IReadOnlyList<Choice> choices) =>
        new(variable, [.. choices.Select(c => c.Value)], ["All"], choices, IsAll: true);

    private static string Value(Choice choice, Variable variable, TimeWindow range) =>
        variable.Kind == VariableKind.Interval && choice.Value == Variable.AutoInterval(variable.Name)
            ? Intervals.Text(Steps.Of(range.Length, variable.AutoCount, Intervals.Read(variable.AutoMin)).Step)
            : choice.Value;

    [GeneratedRegex(@"(?:\\,|[^,])+")]
    private static partial Regex Items();

    [GeneratedRegex(@"^\s*(.+)\s:\s(.+)$")]
    private static partial Regex Pair();
}
