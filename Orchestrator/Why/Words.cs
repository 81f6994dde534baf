using System.Globalization;

namespace AgentSystem.Orchestrator.Why;

/// <summary>Numbers as people read them.</summary>
internal static class Words
{
    internal static string Of(TimeSpan time) => time switch
    {
        { TotalMilliseconds: < 10 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.#} ms"),
        { TotalSeconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms"),
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
        { TotalHours: < 1 } => $"{time.Minutes}m {time.Seconds:00}s",
        { TotalDays: < 1 } => $"{time.Hours}h {time.Minutes:00}m",
        _ => $"{(int)time.TotalDays}d {time.Hours:00}h",
    };

    internal static string Count(int number, string noun) => string.Create(CultureInfo.InvariantCulture, $"{number:N0} {noun}{(number == 1 ? "" : "s")}");

    internal static string Times(double ratio) => string.Create(CultureInfo.InvariantCulture, $"{ratio:0.#} times");

    internal static string Clock(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>At most <paramref name="length"/> characters.</summary>
    internal static string Short(string text, int length) => text.Length <= length ? text : string.Concat(text.AsSpan(0, length - 1), "…");
}
