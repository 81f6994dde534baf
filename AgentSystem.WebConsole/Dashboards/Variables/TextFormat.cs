using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using AgentSystem.WebConsole.Dashboards.Model;

namespace AgentSystem.WebConsole.Dashboards.Variables;

/// <summary>The ways to write a variable's values into a text: Grafana's <c>${name:format}</c>.</summary>
internal static class TextFormat
{
    private const string RegexCharacters = "\\^$*+?.()|[]{}/";

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the values in a format.</summary>
    /// <exception cref="DashboardException">There is no such format.</exception>
    internal static string Write(string name, IReadOnlyList<string> values, IReadOnlyList<string> texts, string format)
    {
        var (kind, argument) = format.Split(':', 2) is [var k, var a] ? (k, a) : (format, "");
        return kind switch
        {
            "raw" or "csv" => string.Join(',', values),
            "text" => string.Join(" + ", texts),
            "glob" => values.Count == 1 ? values[0] : $"{{{string.Join(',', values)}}}",
            "pipe" => string.Join('|', values),
            "join" => string.Join(argument.Length == 0 ? "," : argument, values),
            "regex" => OneOrMany(values.Select(v => Escape(v, RegexCharacters, "\\"))),
            "json" => values.Count == 1 ? values[0] : JsonSerializer.Serialize(values, Json),
            "singlequote" => string.Join(',', values.Select(v => $"'{v.Replace("'", "\\'", StringComparison.Ordinal)}'")),
            "doublequote" => string.Join(',', values.Select(v => $"\"{v.Replace("\"", "\\\"", StringComparison.Ordinal)}\"")),
            "sqlstring" => string.Join(',', values.Select(v => $"'{v.Replace("'", "''", StringComparison.Ordinal)}'")),
            "html" => System.Net.WebUtility.HtmlEncode(string.Join(", ", values)),
            "percentencode" => Uri.EscapeDataString(values.Count == 1 ? values[0] : $"{{{string.Join(',', values)}}}"),
            "uriencode" => Uri.EscapeDataString(string.Join(',', values)),
            "queryparam" => string.Join('&', values.Select(v => $"var-{name}={Uri.EscapeDataString(v)}")),
            "distributed" => string.Join(',', values.Select((v, i) => i == 0 ? v : $"{name}={v}")),
            "date" => string.Join(',', values.Select(v => Date(v, argument))),
            _ => throw new DashboardException($"Not supported: the format '{format}' of the variable {name}."),
        };
    }

    /// <summary>For a place where Prometheus or Loki expects a text in double quotes; in a regular expression where the variable can be several.</summary>
    internal static string ForQuery(VariableValue value, bool parenthesised)
    {
        if (!value.IsSet)
            return Escape(value.Values.Count == 0 ? "" : value.Values[0], "\\\"", "\\");
        // "All" may be given as an expression of its own, which is meant as it is.
        if (value is { IsAll: true, Variable.AllValue: { } all })
            return all;
        var escaped = value.Values.Select(v => Escape(Escape(v, "\\^$*+?.()|[]{}", "\\"), "\\\"", "\\")).ToList();
        return escaped.Count == 1 ? escaped[0] : parenthesised ? $"({string.Join('|', escaped)})" : string.Join('|', escaped);
    }

    private static string OneOrMany(IEnumerable<string> values) => values.ToList() is [var one] ? one : $"({string.Join('|', values)})";

    private static string Escape(string text, string characters, string with) =>
        string.Concat(text.Select(c => characters.Contains(c, StringComparison.Ordinal) ? with + c : c.ToString()));

    private static string Date(string value, string pattern)
    {
        if (!long.TryParse(value, CultureInfo.InvariantCulture, out var milliseconds))
            return value;
        return pattern switch
        {
            "seconds" => (milliseconds / 1000).ToString(CultureInfo.InvariantCulture),
            "" or "iso" => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
            _ => throw new DashboardException($"Not supported: dates written as '{pattern}'; use ${{__from:date:iso}}, ${{__from:date:seconds}} or ${{__from}}."),
        };
    }
}
