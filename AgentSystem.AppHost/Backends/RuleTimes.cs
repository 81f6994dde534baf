using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace AgentSystem.AppHost.Backends;

/// <summary>
/// Shortens the times in Prometheus's rules, so that a fault can be tried out in seconds with the very expressions that watch for it in
/// earnest: <c>for</c>, the windows in brackets and offsets. Thresholds stay as they are.
/// </summary>
internal static partial class RuleTimes
{
    /// <summary>What every time is divided by; a number from 1 on.</summary>
    public const string Setting = "Rules:TimeScale";

    // rate() needs two samples, and one comes every five seconds.
    private static readonly TimeSpan ShortestWindow = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(5);

    private static readonly Dictionary<string, TimeSpan> Units = new()
    {
        ["ms"] = TimeSpan.FromMilliseconds(1),
        ["s"] = TimeSpan.FromSeconds(1),
        ["m"] = TimeSpan.FromMinutes(1),
        ["h"] = TimeSpan.FromHours(1),
        ["d"] = TimeSpan.FromDays(1),
        ["w"] = TimeSpan.FromDays(7),
        ["y"] = TimeSpan.FromDays(365),
    };

    /// <summary>The setting; 1 where it is not set.</summary>
    /// <exception cref="DistributedApplicationException">It is no number from 1 on.</exception>
    public static double ScaleOf(IConfiguration configuration)
    {
        if (configuration[Setting] is not { Length: > 0 } text)
            return 1;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var scale) && scale >= 1
            ? scale
            : throw new DistributedApplicationException($"{Setting}={text}: it has to be a number from 1 on.");
    }

    /// <summary>The rules of a file, with their times divided. A window or an offset does not become shorter than 15 seconds.</summary>
    public static string Divide(string rules, double scale) => scale == 1 ? rules : Time().Replace(rules, match =>
    {
        var time = Read(match.Value);
        var divided = time / scale;
        if (!match.Groups["wait"].Success && divided < ShortestWindow)
            divided = time < ShortestWindow ? time : ShortestWindow;
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Round(divided.TotalMilliseconds)}ms");
    });

    /// <summary>
    /// Alertmanager's settings, with its waits divided as those of the rules are. None becomes shorter than the five seconds in which what belongs
    /// together is evaluated.
    /// </summary>
    public static string DivideWaits(string settings, double scale) => scale == 1 ? settings : Wait().Replace(settings, match =>
    {
        var time = Read(match.Value);
        var divided = time / scale;
        if (divided < ShortestWait)
            divided = time < ShortestWait ? time : ShortestWait;
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Round(divided.TotalMilliseconds)}ms");
    });

    private static TimeSpan Read(string duration) =>
        Part().Matches(duration).Aggregate(TimeSpan.Zero, (sum, part) =>
            sum + int.Parse(part.Groups["count"].Value, CultureInfo.InvariantCulture) * Units[part.Groups["unit"].Value]);

    // for: 10m, [5m], [1h:1m], offset 1d
    [GeneratedRegex(
        @"(?<wait>(?<=^[ \t]*(?:keep_firing_for|for):[ \t]*)(?:\d+(?:ms|[smhdwy]))+(?=[ \t\r]*(?:#.*)?$))|(?<=\[|\[\w+:|\boffset\s+)(?:\d+(?:ms|[smhdwy]))+\b",
        RegexOptions.Multiline)]
    private static partial Regex Time();

    [GeneratedRegex(@"(?<=\b(?:group_wait|group_interval|repeat_interval):[ \t]*)(?:\d+(?:ms|[smhdwy]))+\b")]
    private static partial Regex Wait();

    [GeneratedRegex(@"(?<count>\d+)(?<unit>ms|[smhdwy])")]
    private static partial Regex Part();
}
