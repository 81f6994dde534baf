using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Dashboards.Model;
using AgentSystem.WebConsole.Dashboards.Time;
using AgentSystem.WebConsole.Dashboards.Variables;

namespace AgentSystem.WebConsole.Dashboards.Queries;

/// <summary>One query of a panel with all that it depends on written out.</summary>
/// <param name="Alone">The panel has no other query.</param>
public sealed record PlannedQuery(
    Target Target, Backend Backend, string Expression, string Legend, TimeSpan Step, DateTimeOffset From, DateTimeOffset To, bool Instant, bool Exemplars, bool Alone)
{
    /// <summary>A column of the grid is about as wide as this, in points that a chart can tell apart.</summary>
    private const int PointsPerColumn = 40;

    private const int FewestPoints = 60;

    /// <summary>The queries of a panel for a range.</summary>
    /// <exception cref="DashboardException">A query cannot be written out.</exception>
    public static IReadOnlyList<PlannedQuery> Of(Panel panel, Scope scope, TimeWindow range)
    {
        var window = range.For(Text(panel.TimeFrom), Text(panel.TimeShift));
        var targets = panel.Targets.Where(t => !t.Hidden && t.Expression.Length > 0).ToList();
        return [.. targets.Select(target => Plan(target))];

        PlannedQuery Plan(Target target)
        {
            var backend = DataSources.Find(target.Source is { Uid: not null } own ? own : panel.Source, scope);
            var points = panel.MaxDataPoints ?? Math.Max(FewestPoints, panel.Grid.Width * PointsPerColumn);
            var steps = Steps.Of(
                window.Length, points, backend == Backend.Prometheus ? DataSources.ScrapeInterval : TimeSpan.FromSeconds(1), Length(panel.MinInterval), Length(target.Step), target.StepFactor);
            var known = scope.With(window).With(steps);
            return new(
                target, backend, known.Apply(target.Expression, backend == Backend.Loki ? TextUse.LogQl : TextUse.PromQl), known.Apply(target.Legend, TextUse.Title),
                steps.Step, Steps.Align(window.From, steps.Step), Steps.Align(window.To, steps.Step), target.Instant,
                target.Exemplars && backend == Backend.Prometheus && panel.Options is TimeSeriesOptions, targets.Count == 1);
        }

        string? Text(string? text) => text is null ? null : scope.Apply(text, TextUse.Plain);

        TimeSpan? Length(string? text) => text is null ? null : Intervals.Read(scope.With(window).Apply(text, TextUse.Plain) is var length && length.StartsWith('$') ? throw new DashboardException($"Not supported: the interval '{text}'.") : length);
    }
}
