using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Dashboards.Data;
using AgentSystem.WebConsole.Dashboards.Model;
using AgentSystem.WebConsole.Dashboards.Time;
using AgentSystem.WebConsole.Dashboards.Variables;

namespace AgentSystem.WebConsole.Dashboards.Queries;

/// <summary>Asks for the moments that a dashboard marks.</summary>
public sealed class AnnotationLoader(PrometheusClient prometheus, LokiQueries loki, SharedQueries shared)
{
    private const int Steps = 240;

    /// <summary>All marks of these sources within a range; whether one is switched on, its page knows. A source that does not answer leaves its marks out: the panels say that it is down.</summary>
    public async Task<Answer<IReadOnlyList<Annotation>>> LoadAsync(IReadOnlyList<AnnotationSource> sources, Scope scope, TimeWindow range, CancellationToken cancellation)
    {
        var all = await Task.WhenAll(sources.Where(s => s.Expression.Length > 0).Select(s => LoadAsync(s, scope, range, cancellation)));
        return all.SelectMany(a => a).ToList();
    }

    private async Task<IReadOnlyList<Annotation>> LoadAsync(AnnotationSource source, Scope scope, TimeWindow range, CancellationToken cancellation)
    {
        try
        {
            var backend = DataSources.Find(source.Source, scope);
            var least = source.Step is { Length: > 0 } step ? Intervals.Read(step) : DataSources.ScrapeInterval;
            var steps = Time.Steps.Of(range.Length, Steps, least);
            var known = scope.With(range).With(steps);
            var (from, to) = (Time.Steps.Align(range.From, steps.Step), Time.Steps.Align(range.To, steps.Step));
            var expression = known.Apply(source.Expression, backend == Backend.Loki ? TextUse.LogQl : TextUse.PromQl);
            if (backend == Backend.Loki)
            {
                var target = new Target("A", null, expression, "", false, TargetFormat.TimeSeries, false, false, null, 1, 200);
                var lines = await loki.AskAsync(new(target, backend, expression, "", steps.Step, from, to, false, false, true), cancellation);
                return lines.IsData ? [.. lines.Value.Logs.Select(row => Mark(source, row.At / 1_000_000, row.At / 1_000_000, row.Labels, row.Line))] : [];
            }
            var series = await shared.AskAsync(Backend.Prometheus, $"{expression}@{from:o}-{to:o}/{steps.Step}", stop => prometheus.QueryRangeAsync(expression, from, to, steps.Step, stop), cancellation);
            return series.IsData ? [.. series.Value.SelectMany(s => Marks(source, s, steps.Step, range))] : [];
        }
        catch (DashboardException)
        {
            return [];
        }
    }

    /// <summary>A mark for each moment that a value names; or one for each stretch in which the value is not zero.</summary>
    private static IEnumerable<Annotation> Marks(AnnotationSource source, Series series, TimeSpan step, TimeWindow range)
    {
        if (source.UseValueForTime)
        {
            return series.Points.Select(p => p.Value).Where(double.IsFinite).Distinct().Select(v => (long)v)
                .Where(at => at >= range.From.ToUnixTimeMilliseconds() && at <= range.To.ToUnixTimeMilliseconds()).Select(at => Mark(source, at, at, series.Labels, ""));
        }
        var stretches = new List<(DateTimeOffset From, DateTimeOffset To)>();
        foreach (var point in series.Points.Where(p => p.Value != 0 && !double.IsNaN(p.Value)))
        {
            if (stretches.Count > 0 && point.At - stretches[^1].To <= step * 1.5)
                stretches[^1] = (stretches[^1].From, point.At);
            else
                stretches.Add((point.At, point.At));
        }
        return stretches.Select(s => Mark(source, s.From.ToUnixTimeMilliseconds(), s.To.ToUnixTimeMilliseconds(), series.Labels, ""));
    }

    private static Annotation Mark(AnnotationSource source, long from, long to, IReadOnlyDictionary<string, string> labels, string line) => new(
        source.Name, source.Color, from, to, source.TitleFormat.Length == 0 ? source.Name : SeriesNames.Fill(source.TitleFormat, labels),
        source.TextFormat.Length == 0 ? line : SeriesNames.Fill(source.TextFormat, labels), [.. source.TagKeys.Select(k => labels.GetValueOrDefault(k, "")).Where(v => v.Length > 0)]);
}
