using System.Text.Json;
using AgentSystem.TelemetryStore.Traces;

namespace AgentSystem.TelemetryStore.Jaeger;

/// <summary>Reads the parameters of Jaeger's requests, with its defaults and its errors (jaegerquery/internal/query_parser.go).</summary>
/// <param name="query">The request's parameters.</param>
/// <param name="time">The clock that defaults are taken from.</param>
internal sealed class JaegerQuery(IQueryCollection query, TimeProvider time)
{
    private const int DefaultLimit = 100;

    private static readonly TimeSpan DefaultTraceLookback = TimeSpan.FromDays(2), DefaultDependencyLookback = TimeSpan.FromDays(1);

    internal string Text(string name) => query[name] is { Count: > 0 } values ? values[0] ?? "" : "";

    internal bool Bool(string name) => Text(name) is { Length: > 0 } text && Named(name, text, GoText.ParseBool);

    /// <summary>Microseconds since 1970-01-01T00:00:00Z, as nanoseconds; null when it is not given.</summary>
    internal long? Micros(string name) => Text(name) is { Length: > 0 } text ? Scale(Named(name, text, t => GoText.ParseInt(t)), 1000) : null;

    internal IReadOnlyList<UInt128> TraceIdList()
    {
        try
        {
            return [.. query["traceID"].Select(id => TraceIds.ParseHex(id ?? ""))];
        }
        catch (ParameterException e)
        {
            throw new ParameterException($"cannot parse traceID param: {e.Message}");
        }
    }

    internal TraceQuery Traces()
    {
        var now = NowNanos();
        var start = Micros("start") ?? now - DefaultTraceLookback.Ticks * 100;
        var end = Micros("end") ?? now;
        var tags = Tags();
        var limit = Text("limit") is { Length: > 0 } text ? (int)GoText.ParseInt(text, 32) : DefaultLimit;
        var wanted = new TraceQuery
        {
            Service = Text("service"),
            Operation = Text("operation"),
            StartMin = start,
            StartMax = end,
            Tags = tags,
            Limit = limit,
            DurationMin = Duration("minDuration"),
            DurationMax = Duration("maxDuration"),
        };
        var ids = TraceIdList();
        Bool("raw");
        if (ids.Count == 0 && wanted.Service.Length == 0)
            throw new ParameterException("parameter 'service' is required");
        if (wanted.DurationMin != 0 && wanted.DurationMax != 0 && wanted.DurationMax < wanted.DurationMin)
            throw new ParameterException("'maxDuration' should be greater than 'minDuration'");
        return wanted;
    }

    /// <summary>The time range of <c>endTs</c> and <c>lookback</c>, both of them in milliseconds; in nanoseconds since 1970-01-01T00:00:00Z.</summary>
    internal (long From, long To) DependencyRange()
    {
        var end = Text("endTs") is { Length: > 0 } text ? Scale(Named("endTs", text, t => GoText.ParseInt(t)), 1_000_000) : NowNanos();
        var lookback = Text("lookback") is { Length: > 0 } back
            ? Scale(Named("lookback", back, t => GoText.ParseInt(t)), 1_000_000)
            : DefaultDependencyLookback.Ticks * 100;
        return (end - lookback, end);
    }

    /// <summary>Reads the parameters of a request for metrics, and forgets them.</summary>
    /// <exception cref="ParameterException">One of them cannot be read.</exception>
    internal void CheckMetrics(bool withQuantile)
    {
        if (withQuantile && !LogQl.Syntax.GoText.TryParseFloat(Text("quantile"), out _))
            throw Unparsable("quantile", $"strconv.ParseFloat: parsing \"{Text("quantile")}\": invalid syntax");
        if (query["service"].Count == 0)
            throw Unparsable("service", "please provide at least one service name");
        Bool("groupByOperation");
        if (query["spanKind"].FirstOrDefault(k => k is not ("unspecified" or "internal" or "server" or "client" or "producer" or "consumer")) is { } kind)
            throw Unparsable("spanKind", $"unsupported span kind: '{kind}'");
        foreach (var name in (string[])["endTs", "lookback", "step", "ratePer"])
        {
            if (Text(name) is { Length: > 0 } text)
                Named(name, text, t => GoText.ParseInt(t));
        }
    }

    private long NowNanos() => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    private long Duration(string name) => Text(name) is { Length: > 0 } text ? Named(name, text, GoText.ParseDuration) : 0;

    private Dictionary<string, string> Tags()
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in query["tag"])
        {
            var colon = (tag ?? "").IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
                throw new ParameterException($"malformed 'tag' parameter, expecting key:value, received: {tag}");
            tags[tag![..colon]] = tag[(colon + 1)..];
        }
        foreach (var json in query["tags"])
            foreach (var (key, value) in ReadTags(json ?? ""))
                tags[key] = value;
        return tags;
    }

    private static Dictionary<string, string> ReadTags(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(json) ?? [];
        }
        catch (JsonException) when (IsJson(json, out var problem))
        {
            throw new ParameterException($"malformed 'tags' parameter, cannot unmarshal JSON: {problem}");
        }
        catch (JsonException)
        {
            var problem = string.IsNullOrWhiteSpace(json) ? "unexpected end of JSON input" : $"invalid character '{json.TrimStart()[0]}' looking for beginning of value";
            throw new ParameterException($"malformed 'tags' parameter, cannot unmarshal JSON: {problem}");
        }
    }

    // What is JSON, but no object of texts.
    private static bool IsJson(string json, out string problem)
    {
        problem = "";
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            problem = root.ValueKind == JsonValueKind.Object
                ? $"json: cannot unmarshal {GoKind(root.EnumerateObject().First(p => p.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null)).Value)} into Go value of type string"
                : $"json: cannot unmarshal {GoKind(root)} into Go value of type map[string]string";
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string GoKind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "bool",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.Number => "number",
        _ => "string",
    };

    private static T Named<T>(string name, string text, Func<string, T> parse)
    {
        try
        {
            return parse(text);
        }
        catch (ParameterException e)
        {
            throw Unparsable(name, e.Message);
        }
    }

    private static ParameterException Unparsable(string name, string why) => new($"unable to parse param '{name}': {why}");

    // Times beyond what nanoseconds can say are as far away as that.
    private static long Scale(long value, long factor) => (long)Int128.Clamp((Int128)value * factor, long.MinValue, long.MaxValue);
}
