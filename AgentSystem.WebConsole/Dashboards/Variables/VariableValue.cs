using AgentSystem.WebConsole.Dashboards.Model;

namespace AgentSystem.WebConsole.Dashboards.Variables;

/// <summary>A choice of a variable: what it is called and what is put into queries.</summary>
public sealed record Choice(string Text, string Value);

/// <summary>What a variable stands for now.</summary>
/// <param name="Values">What is put into texts.</param>
/// <param name="Texts">What the values are called.</param>
/// <param name="Choices">What else could be chosen.</param>
/// <param name="IsAll">All is chosen.</param>
public sealed record VariableValue(Variable Variable, IReadOnlyList<string> Values, IReadOnlyList<string> Texts, IReadOnlyList<Choice> Choices, bool IsAll = false)
{
    /// <summary>What the variable can stand for is a set, so that queries have to use it in a regular expression.</summary>
    public bool IsSet => Variable.Multi || Variable.IncludeAll;

    /// <summary>Why the choices could not be had, or null.</summary>
    public string? Problem { get; init; }

    /// <summary>The values as they stand in an address: <c>var-name=…</c>, once for each.</summary>
    public IReadOnlyList<string> AddressValues =>
        IsAll ? [Variable.All] : Variable.Kind == VariableKind.Interval && Texts is ["auto"] ? [Variable.AutoInterval(Variable.Name)] : Values;
}
