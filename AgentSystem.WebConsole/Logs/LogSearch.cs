using System.Globalization;
using AgentSystem.WebConsole.Formatting;

namespace AgentSystem.WebConsole.Logs;

/// <summary>What lines are looked for, as the page's address has it.</summary>
public sealed record LogSearch
{
    /// <summary>Everything that anybody wrote.</summary>
    public const string DefaultQuery = """{service_name=~".+"}""";

    /// <summary>How many lines are shown when nobody says.</summary>
    public const int DefaultLimit = 100;

    /// <summary>How many may be asked for.</summary>
    public const int MaxLimit = 1000;

    /// <summary>LogQL.</summary>
    public string Query { get; init; } = DefaultQuery;

    /// <summary>When.</summary>
    public TimeRange Range { get; init; } = TimeRange.LastHour;

    /// <summary>Whether the oldest lines come first.</summary>
    public bool OldestFirst { get; init; }

    /// <summary>How many lines.</summary>
    public int Limit { get; init; } = DefaultLimit;

    /// <summary>Whether lines are shown as they come, in place of those of a time.</summary>
    public bool IsTail { get; init; }

    /// <summary>Whether the query gives numbers in place of lines: LogQL that selects lines begins with its selector.</summary>
    public bool IsMetric => !Query.TrimStart().StartsWith('{');

    /// <summary>Reads what an address has; what makes no sense is left out.</summary>
    public static LogSearch Parse(string? query, TimeRange range, string? direction, string? limit, string? tail) => new()
    {
        Query = string.IsNullOrWhiteSpace(query) ? DefaultQuery : query.Trim(),
        Range = range,
        OldestFirst = direction == "forward",
        Limit = IsLimit(limit) ? Math.Min(int.Parse(limit!, CultureInfo.InvariantCulture), MaxLimit) : DefaultLimit,
        IsTail = tail == "1",
    };

    /// <summary>Whether a text says how many.</summary>
    public static bool IsLimit(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0;

    /// <summary>The page that shows it.</summary>
    public string ToHref()
    {
        var parts = new List<string>();
        if (Query != DefaultQuery)
            parts.Add($"query={Uri.EscapeDataString(Query)}");
        if (Range != TimeRange.LastHour)
            parts.Add($"from={Uri.EscapeDataString(Range.From)}&to={Uri.EscapeDataString(Range.To)}");
        if (OldestFirst)
            parts.Add("direction=forward");
        if (Limit != DefaultLimit)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"limit={Limit}"));
        if (IsTail)
            parts.Add("tail=1");
        return parts.Count == 0 ? "/logs" : $"/logs?{string.Join('&', parts)}";
    }
}
