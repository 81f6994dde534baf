using System.Globalization;
using AgentSystem.WebConsole.Formatting;

namespace AgentSystem.WebConsole.Traces;

/// <summary>Traces as points: when they began against how long they took, the latter on a logarithmic scale, since a few are always far longer.</summary>
/// <param name="Points">The traces and where they are.</param>
/// <param name="Lines">Round durations and how high they are, in per cent from the bottom.</param>
public sealed record DurationPlot(IReadOnlyList<DurationPoint> Points, IReadOnlyList<(string Text, string Style)> Lines)
{
    private const int MostLines = 6;

    /// <summary>Places them.</summary>
    /// <param name="traces">The traces.</param>
    /// <param name="scale">The time that is shown.</param>
    public static DurationPlot Of(IReadOnlyList<TraceSummary> traces, TimeScale scale)
    {
        ArgumentNullException.ThrowIfNull(traces);
        ArgumentNullException.ThrowIfNull(scale);
        if (traces.Count == 0)
            return new([], []);
        // From a power of ten to a power of ten.
        var low = (int)Math.Floor(Math.Log10(traces.Min(Microseconds)));
        var high = Math.Max(low + 1, (int)Math.Ceiling(Math.Log10(traces.Max(Microseconds))));
        var step = (high - low + MostLines - 1) / MostLines;
        return new(
            [.. traces.Select(trace => new DurationPoint(
                trace, $"{scale.Style(trace.Start)};{Height(Math.Log10(Microseconds(trace)))}", Math.Clamp(6 + (int)Math.Log2(trace.Spans + 1), 6, 16)))],
            [.. Enumerable.Range(0, (high - low) / step + 1)
                .Select(i => low + i * step)
                .Select(power => (Durations.Text(TimeSpan.FromMicroseconds(Math.Pow(10, power))), Height(power)))]);

        string Height(double power) => string.Create(CultureInfo.InvariantCulture, $"bottom:{(power - low) / (high - low) * 100:0.##}%");
    }

    private static double Microseconds(TraceSummary trace) => Math.Max(1, trace.Duration.TotalMicroseconds);
}

/// <summary>A trace on the plot.</summary>
/// <param name="Trace">The trace.</param>
/// <param name="Style">Where it is, as style sheets take it.</param>
/// <param name="Size">How large, in pixels: more spans, a larger point.</param>
public sealed record DurationPoint(TraceSummary Trace, string Style, int Size);
