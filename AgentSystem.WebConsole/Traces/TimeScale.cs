using System.Globalization;

namespace AgentSystem.WebConsole.Traces;

/// <summary>Where moments are on a line from one moment to another, in per cent of its length, as style sheets take it.</summary>
/// <param name="From">The left end (UTC).</param>
/// <param name="To">The right end (UTC).</param>
public sealed record TimeScale(DateTimeOffset From, DateTimeOffset To)
{
    private static readonly long[] Steps = [1, 2, 5];

    /// <summary>The place of a moment, within the line.</summary>
    public double Percent(DateTimeOffset at) => To <= From ? 0 : Math.Clamp((at - From) / (To - From) * 100, 0, 100);

    /// <summary><c>left:…;width:…</c> of a stretch.</summary>
    public string Style(DateTimeOffset from, DateTimeOffset to)
    {
        var left = Percent(from);
        return string.Create(CultureInfo.InvariantCulture, $"left:{left:0.###}%;width:{(To <= From ? 100 : Percent(to) - left):0.###}%");
    }

    /// <summary><c>left:…</c> of a moment.</summary>
    public string Style(DateTimeOffset at) => string.Create(CultureInfo.InvariantCulture, $"left:{Percent(at):0.###}%");

    /// <summary>Round distances from the beginning, so many that they can be read.</summary>
    /// <param name="most">How many at most, the one at the beginning not counted.</param>
    public IReadOnlyList<TimeSpan> Ticks(int most)
    {
        var microseconds = (To - From).TotalMicroseconds;
        if (microseconds <= 0 || most < 1)
            return [TimeSpan.Zero];
        long power = 1;
        while (true)
        {
            foreach (var step in Steps.Select(step => step * power))
                if (microseconds / step <= most)
                    return [.. Enumerable.Range(0, (int)(microseconds / step) + 1).Select(i => TimeSpan.FromMicroseconds(i * step))];
            power *= 10;
        }
    }
}
