using System.Globalization;
using AgentSystem.WebConsole.Backends;
using CsCheck;

namespace AgentSystem.Tests.WebConsole.Traces;

/// <summary>Makes traces: by hand, and any.</summary>
internal static class SomeTraces
{
    internal const string Id = "0af7651916cd43dd8448eb211c80319c";

    internal static readonly DateTimeOffset Start = new(2026, 11, 23, 19, 28, 39, TimeSpan.Zero);

    /// <summary>A span; its times are milliseconds after <see cref="Start"/>.</summary>
    internal static Span Span(string id, string? parent, double from, double to, string service = "orchestrator", bool isError = false) => new()
    {
        TraceId = Id,
        SpanId = id,
        ParentId = parent,
        Name = $"does {id}",
        Service = service,
        Start = Start.AddMilliseconds(from),
        Duration = TimeSpan.FromMilliseconds(to - from),
        Tags = isError ? new Dictionary<string, string> { ["error"] = "true" } : [],
    };

    internal static Trace Trace(params Span[] spans) => new(Id, spans);

    /// <summary>Traces with whatever can be wrong in them: clocks that differ, parents that are missing, circles, ids that come twice.</summary>
    internal static Gen<Trace> Any { get; } =
        Gen.Select(Gen.Int[0, 30], Gen.Int[-1, 32], Gen.Int[-50, 1000], Gen.Int[0, 1000])
            .Select((id, parent, from, length) => Span(Name(id), parent < 0 ? null : Name(parent), from, from + length))
            .Array[0, 40].Select(Trace);

    /// <summary>Traces in which each child lies within its parent, and one root is above all.</summary>
    internal static Gen<Trace> WellFormed { get; } =
        Gen.Select(Gen.Int[0, 1000], Gen.Double[0, 1], Gen.Double[0, 1]).Array[0, 40].Select(choices =>
        {
            var spans = new List<(int From, int To)> { (0, 10_000) };
            var parents = new List<int> { -1 };
            foreach (var (parent, from, length) in choices)
            {
                var within = spans[parent % spans.Count];
                var begin = within.From + (int)(from * (within.To - within.From));
                spans.Add((begin, begin + (int)(length * (within.To - begin))));
                parents.Add(parent % parents.Count);
            }
            return Trace([.. spans.Select((span, i) => Span(Name(i), i == 0 ? null : Name(parents[i]), span.From, span.To))]);
        });

    private static string Name(int id) => id.ToString("x16", CultureInfo.InvariantCulture);
}
