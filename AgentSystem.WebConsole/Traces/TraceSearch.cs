using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using AgentSystem.WebConsole.Formatting;

namespace AgentSystem.WebConsole.Traces;

/// <summary>In which order found traces are listed.</summary>
public enum TraceOrder
{
    /// <summary>The newest first.</summary>
    Newest,
    /// <summary>The longest first.</summary>
    Longest,
    /// <summary>The shortest first.</summary>
    Shortest,
    /// <summary>Those with most spans first.</summary>
    MostSpans,
}

/// <summary>What traces are looked for, as the page's address has it, and as Jaeger takes it.</summary>
public sealed partial record TraceSearch
{
    /// <summary>How many traces are shown when nobody says.</summary>
    public const int DefaultLimit = 50;

    /// <summary>How many may be asked for: each comes with all its spans.</summary>
    public const int MaxLimit = 500;

    /// <summary>Whose spans; Jaeger wants one.</summary>
    public string Service { get; init; } = "";

    /// <summary>The span's name; empty for any.</summary>
    public string Operation { get; init; } = "";

    /// <summary>Tags that one span has, as <c>key=value</c> with spaces between; a value with spaces in double quotes.</summary>
    public string Tags { get; init; } = "";

    /// <summary>How long a span takes at least, as <c>1.5s</c> or <c>200ms</c>; empty for any.</summary>
    public string MinDuration { get; init; } = "";

    /// <summary>How long a span takes at most; empty for any.</summary>
    public string MaxDuration { get; init; } = "";

    /// <summary>When.</summary>
    public TimeRange Range { get; init; } = TimeRange.LastHour;

    /// <summary>How many traces.</summary>
    public int Limit { get; init; } = DefaultLimit;

    /// <summary>In which order.</summary>
    public TraceOrder Order { get; init; }

    /// <summary>What is wrong with it, for whoever wrote it; null when nothing is.</summary>
    public string? Problem
    {
        get
        {
            if (!TryDuration(MinDuration, out var min))
                return $"The shortest duration, {MinDuration}, is none: write for example 200ms, 1.5s or 2m.";
            if (!TryDuration(MaxDuration, out var max))
                return $"The longest duration, {MaxDuration}, is none: write for example 200ms, 1.5s or 2m.";
            if (min is not null && max is not null && min > max)
                return "The shortest duration is above the longest one.";
            return TryTags(Tags, out _) ? null : "Tags are key=value with spaces between, for example error=true task.type=summarize; a value with spaces is in double quotes.";
        }
    }

    /// <summary>Reads what an address has; what makes no sense is left out, but for what <see cref="Problem"/> then says.</summary>
    public static TraceSearch Parse(
        string? service, string? operation, string? tags, string? minDuration, string? maxDuration, TimeRange range, string? limit, string? order) => new()
        {
            Service = service?.Trim() ?? "",
            Operation = operation?.Trim() ?? "",
            Tags = tags?.Trim() ?? "",
            MinDuration = minDuration?.Trim() ?? "",
            MaxDuration = maxDuration?.Trim() ?? "",
            Range = range,
            Limit = IsLimit(limit) ? Math.Min(int.Parse(limit!, CultureInfo.InvariantCulture), MaxLimit) : DefaultLimit,
            Order = Enum.TryParse<TraceOrder>(order, ignoreCase: true, out var known) && Enum.IsDefined(known) ? known : TraceOrder.Newest,
        };

    /// <summary>Whether a text says how many.</summary>
    public static bool IsLimit(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0;

    /// <summary>Whose traces are shown when nobody says: the orchestrator's, where each task begins, or else those of the first there is.</summary>
    public static string DefaultService(IReadOnlyList<string> services) =>
        services.Contains("orchestrator") ? "orchestrator" : services is [var first, ..] ? first : "";

    /// <summary>A tag as <see cref="Tags"/> has it.</summary>
    public static string Tag(string key, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.Length > 0 && !value.AsSpan().ContainsAny(" \t\n\r\"")
            ? $"{key}={value}"
            : $"{key}=\"{value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>The page that shows it.</summary>
    public string ToHref()
    {
        var parts = new List<string>();
        Add("service", Service);
        Add("operation", Operation);
        Add("tags", Tags);
        Add("minDuration", MinDuration);
        Add("maxDuration", MaxDuration);
        if (Range != TimeRange.LastHour)
        {
            Add("from", Range.From);
            Add("to", Range.To);
        }
        if (Limit != DefaultLimit)
            Add("limit", Limit.ToString(CultureInfo.InvariantCulture));
        if (Order != TraceOrder.Newest)
            Add("sort", Order.ToString());
        return parts.Count == 0 ? "/traces" : $"/traces?{string.Join('&', parts)}";

        void Add(string name, string value)
        {
            if (value.Length > 0)
                parts.Add($"{name}={Uri.EscapeDataString(value)}");
        }
    }

    /// <summary>The query of <c>GET /api/traces</c>, without its times.</summary>
    /// <exception cref="InvalidOperationException">There is a <see cref="Problem"/>.</exception>
    public string ToJaeger()
    {
        if (Problem is { } problem || !TryTags(Tags, out var tags))
            throw new InvalidOperationException(Problem);
        var query = $"service={Uri.EscapeDataString(Service)}&limit={Limit.ToString(CultureInfo.InvariantCulture)}";
        if (Operation.Length > 0)
            query += $"&operation={Uri.EscapeDataString(Operation)}";
        if (tags.Count > 0)
            query += $"&tags={Uri.EscapeDataString(JsonSerializer.Serialize(tags, Plain))}";
        if (MinDuration.Length > 0)
            query += $"&minDuration={Uri.EscapeDataString(MinDuration)}";
        if (MaxDuration.Length > 0)
            query += $"&maxDuration={Uri.EscapeDataString(MaxDuration)}";
        return query;
    }

    /// <summary>The same with its times, in microseconds; null when the range makes no sense.</summary>
    public string? ToJaeger(DateTimeOffset now) =>
        Range.Resolve(now) is { } ends ? $"{ToJaeger()}&start={Microseconds(ends.From)}&end={Microseconds(ends.To)}" : null;

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Microseconds(DateTimeOffset at) => ((at - DateTimeOffset.UnixEpoch).Ticks / 10).ToString(CultureInfo.InvariantCulture);

    private static bool TryTags(string text, out Dictionary<string, string> tags)
    {
        tags = new(StringComparer.Ordinal);
        var at = 0;
        foreach (Match match in TagPattern().Matches(text))
        {
            if (match.Index != at)
                return false;
            var value = match.Groups["quoted"] is { Success: true } quoted ? Escaped().Replace(quoted.Value, "$1") : match.Groups["plain"].Value;
            tags[match.Groups["key"].Value] = value;
            at = match.Index + match.Length;
        }
        return string.IsNullOrWhiteSpace(text[at..]);
    }

    private static bool TryDuration(string text, out TimeSpan? duration)
    {
        duration = null;
        if (text.Length == 0)
            return true;
        if (!Duration().IsMatch(text))
            return false;
        var total = 0.0;
        foreach (Match part in DurationPart().Matches(text))
            total += double.Parse(part.Groups["count"].Value, CultureInfo.InvariantCulture) * part.Groups["unit"].Value switch
            {
                "ns" => 1e-9,
                "us" or "µs" => 1e-6,
                "ms" => 1e-3,
                "s" => 1,
                "m" => 60,
                _ => 3600,
            };
        if (total > TimeSpan.MaxValue.TotalSeconds / 2)
            return false;
        duration = TimeSpan.FromSeconds(total);
        return true;
    }

    [GeneratedRegex("""\s*(?<key>[^\s=:"]+)[=:](?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<plain>[^\s"]+))(?=\s|$)""", RegexOptions.CultureInvariant)]
    private static partial Regex TagPattern();

    [GeneratedRegex(@"\\(.)", RegexOptions.CultureInvariant)]
    private static partial Regex Escaped();

    // Go's durations, which Jaeger reads.
    [GeneratedRegex(@"^(?:[0-9]{1,12}(?:\.[0-9]{1,9})?(?:ns|us|µs|ms|s|m|h))+$", RegexOptions.CultureInvariant)]
    private static partial Regex Duration();

    [GeneratedRegex(@"(?<count>[0-9]+(?:\.[0-9]+)?)(?<unit>ns|us|µs|ms|s|m|h)", RegexOptions.CultureInvariant)]
    private static partial Regex DurationPart();
}
