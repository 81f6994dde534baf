namespace AgentSystem.WebConsole.Dashboards.Model;

/// <summary>A variable of a dashboard (<c>templating.list</c>).</summary>
/// <param name="Query">A query, a list of choices, a pattern or a value, depending on the kind.</param>
/// <param name="AllValue">What "all" stands for; null for the list of all choices.</param>
/// <param name="Current">The values that the file was saved with.</param>
/// <param name="Auto">For <see cref="VariableKind.Interval"/>: offers "auto", a share of the time range.</param>
/// <param name="AutoCount">How many of the automatic intervals fit into the time range.</param>
/// <param name="AutoMin">The least automatic interval.</param>
public sealed record Variable(
    string Name, VariableKind Kind, string Label, string Description, VariableVisibility Visibility, string Query, string Regex, VariableSort Sort,
    VariableRefresh Refresh, bool Multi, bool IncludeAll, string? AllValue, IReadOnlyList<string> Current, DataSourceRef? Source,
    bool Auto = false, int AutoCount = 30, string AutoMin = "10s")
{
    /// <summary>Grafana's word for "all" in addresses and saved values.</summary>
    public const string All = "$__all";

    /// <summary>Grafana's value for the automatic choice of the interval variable <paramref name="name"/>.</summary>
    public static string AutoInterval(string name) => $"$__auto_interval_{name}";
}

/// <summary>Where a variable's choices come from.</summary>
public enum VariableKind
{
    Query,
    Custom,
    Interval,
    DataSource,
    TextBox,
    Constant,
}

/// <summary>What is shown of a variable; Grafana's <c>hide</c>.</summary>
public enum VariableVisibility
{
    Shown,
    WithoutLabel,
    Hidden,
}

/// <summary>Order of a query variable's choices; the numbers are Grafana's.</summary>
public enum VariableSort
{
    AsTheyCome,
    Alphabetical,
    AlphabeticalDescending,
    Numerical,
    NumericalDescending,
    IgnoringCase,
    IgnoringCaseDescending,
    Natural,
    NaturalDescending,
}

/// <summary>When a query variable asks for its choices; the numbers are Grafana's.</summary>
public enum VariableRefresh
{
    Never,
    OnLoad,
    OnTimeRange,
}
