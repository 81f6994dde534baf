using System.Globalization;
using System.Text.RegularExpressions;
using AgentSystem.WebConsole.Dashboards.Time;

namespace AgentSystem.WebConsole.Dashboards.Variables;

/// <summary>Where a text with variables goes to, which decides how values are written unless the text says so itself.</summary>
public enum TextUse
{
    /// <summary>A title: what the values are called.</summary>
    Title,
    /// <summary>An address.</summary>
    Url,
    /// <summary>A query in Prometheus's language.</summary>
    PromQl,
    /// <summary>A query in Loki's language.</summary>
    LogQl,
    /// <summary>Markdown or HTML.</summary>
    Html,
    /// <summary>A text that is shown letter by letter.</summary>
    Text,
    /// <summary>Anything else, such as an interval.</summary>
    Plain,
}

/// <summary>
/// The variables that a text can name, as <c>$name</c>, <c>${name}</c>, <c>${name:format}</c> or <c>[[name]]</c>. A name that stands for nothing
/// is left as it is, as Grafana leaves it.
/// </summary>
public sealed partial class Scope
{
    private readonly Dictionary<string, VariableValue> _variables;
    private readonly Dictionary<string, string> _words;

    private Scope(Dictionary<string, VariableValue> variables, Dictionary<string, string> words) => (_variables, _words) = (variables, words);

    public static Scope Empty { get; } = new([], []);

    public IEnumerable<VariableValue> Variables => _variables.Values;

    public VariableValue? this[string name] => _variables.GetValueOrDefault(name);

    /// <summary>Tells scopes apart that write a text differently: what each variable stands for now, and "all" is other values when one is added.</summary>
    public string Identity => string.Join('&', _variables.Values.Select(v => $"{v.Variable.Name}={string.Join(',', v.Values.Select(Uri.EscapeDataString))}={string.Join(',', v.Texts.Select(Uri.EscapeDataString))}"));

    /// <summary>The names in a text that could be variables.</summary>
    public static IEnumerable<string> NamesIn(string text) => Pattern().Matches(text).Select(Name).Distinct(StringComparer.Ordinal);

    /// <summary>A scope that has this variable too.</summary>
    public Scope With(VariableValue value) => new(new(_variables, StringComparer.Ordinal) { [value.Variable.Name] = value }, _words);

    /// <summary>A scope in which <paramref name="name"/> stands for a text that is nobody's choice.</summary>
    public Scope With(string name, string text) => new(_variables, new(_words, StringComparer.Ordinal) { [name] = text });

    /// <summary>A scope that knows the range: <c>$__from</c>, <c>$__to</c>, <c>$__range</c> and their kin.</summary>
    public Scope With(TimeWindow range)
    {
        var seconds = Math.Round(range.Length.TotalSeconds);
        return new(_variables, new(_words, StringComparer.Ordinal)
        {
            ["__from"] = Milliseconds(range.From),
            ["__to"] = Milliseconds(range.To),
            ["__range"] = string.Create(CultureInfo.InvariantCulture, $"{seconds}s"),
            ["__range_s"] = seconds.ToString(CultureInfo.InvariantCulture),
            ["__range_ms"] = ((long)range.Length.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
            ["__url_time_range"] = $"from={Uri.EscapeDataString(range.RawFrom)}&to={Uri.EscapeDataString(range.RawTo)}",
        });
    }

    /// <summary>A scope that knows the steps of a query: <c>$__interval</c>, <c>$__rate_interval</c> and their kin.</summary>
    public Scope With(Steps steps) => new(_variables, new(_words, StringComparer.Ordinal)
    {
        ["__interval"] = Intervals.Text(steps.Step),
        ["__interval_ms"] = ((long)steps.Step.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
        ["__rate_interval"] = Intervals.Text(steps.RateInterval),
        ["__rate_interval_ms"] = ((long)steps.RateInterval.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
    });

    /// <summary>The text with every variable written out.</summary>
    /// <exception cref="Model.DashboardException">It asks for a format that there is none of, where more than people would have to read it.</exception>
    public string Apply(string text, TextUse use) =>
        text.Contains('$', StringComparison.Ordinal) || text.Contains("[[", StringComparison.Ordinal) ? Pattern().Replace(text, match => ValueOrItself(match, use)) : text;

    private string ValueOrItself(Match match, TextUse use)
    {
        try
        {
            return Value(match, use);
        }
        catch (Model.DashboardException) when (use is TextUse.Title or TextUse.Html or TextUse.Text)
        {
            return match.Value;
        }
    }

    private string Value(Match match, TextUse use)
    {
        var name = Name(match);
        var format = match.Groups["format"].Success ? match.Groups["format"].Value : "";
        if (_words.TryGetValue(name, out var word))
            return format.Length > 0 ? TextFormat.Write(name, [word], [word], format) : word;
        if (name == "__all_variables")
            return string.Join('&', _variables.Values.SelectMany(v => v.AddressValues.Select(a => $"var-{v.Variable.Name}={Uri.EscapeDataString(a)}")));
        if (!_variables.TryGetValue(name, out var value))
            return match.Value;
        if (format == "queryparam")
            return string.Join('&', value.AddressValues.Select(a => $"var-{name}={Uri.EscapeDataString(a)}"));
        var (values, texts) = value is { IsAll: true, Variable.AllValue: { } all } ? ((IReadOnlyList<string>)[all], (IReadOnlyList<string>)["All"]) : (value.Values, value.Texts);
        if (format.Length > 0)
            return TextFormat.Write(name, values, texts, format);
        return use switch
        {
            TextUse.PromQl => TextFormat.ForQuery(value, parenthesised: true),
            TextUse.LogQl => TextFormat.ForQuery(value, parenthesised: false),
            TextUse.Title => TextFormat.Write(name, values, texts, "text"),
            TextUse.Url => TextFormat.Write(name, values, texts, "percentencode"),
            TextUse.Html => TextFormat.Write(name, values, texts, "html"),
            _ => TextFormat.Write(name, values, texts, "glob"),
        };
    }

    private static string Name(Match match) =>
        match.Groups["bare"].Success ? match.Groups["bare"].Value : match.Groups["braced"].Success ? match.Groups["braced"].Value : match.Groups["bracketed"].Value;

    private static string Milliseconds(DateTimeOffset moment) => moment.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\$(?<bare>[A-Za-z0-9_]+)|\$\{(?<braced>[A-Za-z0-9_.\[\]""]+?)(?::(?<format>[^}]+))?\}|\[\[(?<bracketed>[A-Za-z0-9_]+?)(?::(?<format>[a-z]+))?\]\]")]
    private static partial Regex Pattern();
}
