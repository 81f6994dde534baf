using System.Text.Json.Nodes;

namespace AgentSystem.WebConsole.Dashboards.Model;

/// <summary>
/// One object of a dashboard file that is being read. It knows its place in the file, for errors, and which of its properties nobody has
/// read, so that what a file says and we do not honour can be told instead of being passed over.
/// </summary>
internal sealed class JsonPart(JsonObject json, string place)
{
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private readonly List<JsonPart> _children = [];
    private readonly List<string> _notSupported = [];

    internal string Place => place;

    internal JsonObject Json => json;

    internal bool Has(string name) => json[name] is not null;

    internal string? Text(string name) => Value(name) switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        var other => throw Wrong(name, "a text", other),
    };

    internal string Text(string name, string otherwise) => Text(name) ?? otherwise;

    internal string Required(string name) =>
        Text(name) is { Length: > 0 } text ? text : throw new DashboardException($"{place}: '{name}' is missing; it has to be a text.");

    /// <summary>A text, or a number or truth value written as one, as Grafana has it for values of variables and mappings.</summary>
    internal string? Scalar(string name) => Value(name) switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        JsonValue value => value.ToJsonString(),
        var other => throw Wrong(name, "a text or a number", other),
    };

    internal double? Number(string name) => Value(name) switch
    {
        null => null,
        JsonValue value when value.TryGetValue<double>(out var number) => number,
        // Grafana's forms write some numbers as text, and an empty text for none.
        JsonValue value when value.TryGetValue<string>(out var text) =>
            text.Length == 0 ? null : double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : throw Wrong(name, "a number", value),
        var other => throw Wrong(name, "a number", other),
    };

    internal int Int(string name, int otherwise) => Number(name) switch
    {
        null => otherwise,
        { } number when number == Math.Floor(number) && Math.Abs(number) < int.MaxValue => (int)number,
        _ => throw Wrong(name, "a whole number", json[name]!),
    };

    internal bool Flag(string name, bool otherwise = false) => Value(name) switch
    {
        null => otherwise,
        JsonValue value when value.TryGetValue<bool>(out var flag) => flag,
        var other => throw Wrong(name, "true or false", other),
    };

    /// <summary>One of a set of words; a word that is not in it is not supported, and <paramref name="otherwise"/> is taken.</summary>
    internal T Choice<T>(string name, T otherwise, params (string Word, T Meaning)[] choices)
    {
        if (Text(name) is not { Length: > 0 } word)
            return otherwise;
        foreach (var (known, meaning) in choices)
            if (known == word)
                return meaning;
        NotSupported($"{name} {word}");
        return otherwise;
    }

    internal JsonPart? Object(string name) => Value(name) switch
    {
        null => null,
        JsonObject inner => Child(inner, $"{place}.{name}"),
        var other => throw Wrong(name, "an object", other),
    };

    /// <summary>The object, or an empty one.</summary>
    internal JsonPart ObjectOrEmpty(string name) => Object(name) ?? Child([], $"{place}.{name}");

    internal IReadOnlyList<JsonPart> Objects(string name) => Value(name) switch
    {
        null => [],
        JsonArray array => [.. array.Select((item, i) => item is JsonObject inner
            ? Child(inner, $"{place}.{name}[{i}]")
            : throw new DashboardException($"{place}.{name}[{i}] has to be an object, not {item?.ToJsonString() ?? "null"}."))],
        var other => throw Wrong(name, "a list", other),
    };

    /// <summary>A list of texts, or one text.</summary>
    internal IReadOnlyList<string> Texts(string name) => Value(name) switch
    {
        null => [],
        JsonArray array => [.. array.Select(item => item is JsonValue value ? value.TryGetValue<string>(out var text) ? text : value.ToJsonString() : throw Wrong(name, "a list of texts", array))],
        JsonValue value when value.TryGetValue<string>(out var text) => [text],
        JsonValue value => [value.ToJsonString()],
        var other => throw Wrong(name, "a list of texts", other),
    };

    /// <summary>The property as it is, whatever it is.</summary>
    internal JsonNode? Raw(string name) => Value(name);

    /// <summary>Properties that make no difference to what is shown here.</summary>
    internal JsonPart Inert(params string[] names)
    {
        _read.UnionWith(names);
        return this;
    }

    /// <summary>Everything in here makes no difference.</summary>
    internal void AllInert() => _read.UnionWith(json.Select(p => p.Key));

    internal void NotSupported(string what) => _notSupported.Add(what);

    /// <summary>What this part and its children say and nobody has read, other than what means "none" anyway.</summary>
    internal IEnumerable<string> Unread() =>
        _notSupported
            .Concat(json.Where(p => !_read.Contains(p.Key) && !IsNothing(p.Value)).Select(p => $"{p.Key} {Short(p.Value!)}"))
            .Concat(_children.SelectMany(c => c.Unread()));

    /// <summary>Refuses what is no regular expression while it is known where it stands.</summary>
    internal void RequireRegex(string name, string pattern)
    {
        try
        {
            GrafanaRegex.Of(pattern, TimeSpan.FromSeconds(1));
        }
        catch (DashboardException e)
        {
            throw new DashboardException($"{place}.{name}: {e.Message}", e);
        }
    }

    internal DashboardException Wrong(string name, string expected, JsonNode got) =>
        new($"{place}.{name} has to be {expected}, not {Short(got)}.");

    private static bool IsNothing(JsonNode? value) => value switch
    {
        null => true,
        JsonArray array => array.Count == 0,
        JsonObject inner => inner.Count == 0,
        JsonValue leaf when leaf.TryGetValue<string>(out var text) => text is "" or "none" or "off" or "auto",
        JsonValue leaf when leaf.TryGetValue<bool>(out var flag) => !flag,
        JsonValue leaf when leaf.TryGetValue<double>(out var number) => number == 0,
        _ => false,
    };

    private static string Short(JsonNode value)
    {
        var text = value.ToJsonString();
        return text.Length <= 60 ? text : text[..57] + "...";
    }

    private JsonPart Child(JsonObject inner, string at)
    {
        var child = new JsonPart(inner, at);
        _children.Add(child);
        return child;
    }

    private JsonNode? Value(string name)
    {
        _read.Add(name);
        return json[name];
    }
}
