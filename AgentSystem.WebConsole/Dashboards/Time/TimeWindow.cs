using AgentSystem.WebConsole.Dashboards.Model;
using AgentSystem.WebConsole.Formatting;

namespace AgentSystem.WebConsole.Dashboards.Time;

/// <summary>A range of time as dashboards and addresses write it, and the moments that it means now.</summary>
/// <param name="RawFrom">As written: <c>now-6h</c>, <c>now/d</c>, milliseconds since 1970, or ISO 8601.</param>
public sealed record TimeWindow(string RawFrom, string RawTo, DateTimeOffset From, DateTimeOffset To)
{
    public TimeSpan Length => To - From;

    /// <summary>The range moves with time.</summary>
    public bool IsRelative => RawTo.StartsWith("now", StringComparison.Ordinal) || RawFrom.StartsWith("now", StringComparison.Ordinal);

    /// <summary>Reads a range.</summary>
    /// <exception cref="DashboardException">It is none, or it is empty.</exception>
    public static TimeWindow Read(string from, string to, DateTimeOffset now)
    {
        var range = new TimeWindow(from, to, Moment(from, now, end: false), Moment(to, now, end: true));
        return range.To > range.From ? range : throw new DashboardException($"The range from {from} to {to} is empty: it ends before it begins.");
    }

    /// <summary>The range of a panel that has its own length or lies earlier.</summary>
    /// <param name="timeFrom">Its length, as <c>1h</c> or <c>now-1h</c>.</param>
    /// <param name="timeShift">How much earlier it lies.</param>
    public TimeWindow For(string? timeFrom, string? timeShift)
    {
        var range = this;
        if (timeFrom is not null)
            range = range with { From = To - Duration(timeFrom) };
        return timeShift is null ? range : range with { From = range.From - Duration(timeShift), To = range.To - Duration(timeShift) };

        static TimeSpan Duration(string text) => Intervals.Read(text.StartsWith("now-", StringComparison.Ordinal) ? text[4..] : text);
    }

    private static DateTimeOffset Moment(string text, DateTimeOffset now, bool end) =>
        Moments.Read(text, now, end)
        ?? throw new DashboardException($"'{text}' is no moment. Write it as now, now-6h, now-1d/d, milliseconds since 1970, or 2026-01-31T12:00:00Z.");
}
