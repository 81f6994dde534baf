using AgentSystem.WebConsole.Traces;
using CsCheck;
using static AgentSystem.Tests.WebConsole.Traces.SomeTraces;

namespace AgentSystem.Tests.WebConsole.Traces;

public sealed class TraceViewTests
{
    private static readonly TimeScale Hundred = new(Start, Start.AddMilliseconds(100));

    [Fact]
    public void A_bar_is_where_and_as_long_as_its_span() =>
        Assert.Equal("left:12.5%;width:50%", Hundred.Style(Start.AddMilliseconds(12.5), Start.AddMilliseconds(62.5)));

    [Fact]
    public void What_is_outside_the_scale_ends_at_its_edge() =>
        Assert.Equal("left:0%;width:100%", Hundred.Style(Start.AddDays(-1), Start.AddDays(1)));

    [Fact]
    public void A_trace_that_takes_no_time_fills_its_line() => Assert.Equal("left:0%;width:100%", new TimeScale(Start, Start).Style(Start, Start));

    [Fact]
    public void Ticks_are_round_and_few() => Gen.Select(Gen.Long[0, 1L << 50], Gen.Int[1, 12]).Sample((microseconds, most) =>
    {
        var ticks = new TimeScale(Start, Start.AddMicroseconds(microseconds)).Ticks(most);

        Assert.Equal(TimeSpan.Zero, ticks[0]);
        Assert.InRange(ticks.Count, 1, most + 1);
        Assert.True(microseconds < 10 || most < 3 || ticks.Count > 1);
        Assert.All(ticks, tick => Assert.InRange(tick.TotalMicroseconds, 0, microseconds));
    });

    [Fact]
    public void A_list_says_who_took_part_how_long_and_how_often_it_failed()
    {
        var summary = TraceSummary.Of(Trace(
            Span("root", null, 0, 100), Span("a", "root", 10, 150, "marie", isError: true), Span("b", "a", 20, 30, "marie")));

        Assert.Equal(("orchestrator", "does root", 3, 1), (summary.Service, summary.Name, summary.Spans, summary.Errors));
        Assert.Equal(TimeSpan.FromMilliseconds(150), summary.Duration);
        Assert.Equal(["marie 2", "orchestrator 1"], summary.Services.Select(service => $"{service.Key} {service.Value}"));
    }

    [Theory]
    [InlineData(TraceOrder.Newest, "late long short")]
    [InlineData(TraceOrder.Longest, "long late short")]
    [InlineData(TraceOrder.Shortest, "short late long")]
    [InlineData(TraceOrder.MostSpans, "short late long")]
    public void A_list_is_ordered_as_asked(TraceOrder order, string expected)
    {
        TraceSummary[] traces = [Summary("short", 0, 1, 9), Summary("long", 10, 900, 1), Summary("late", 20, 30, 5)];

        Assert.Equal(expected, string.Join(' ', TraceSummary.Sort(traces, order).Select(trace => trace.Name)));

        static TraceSummary Summary(string name, int start, int milliseconds, int spans) =>
            new(Id, "s", name, Start.AddMilliseconds(start), TimeSpan.FromMilliseconds(milliseconds), spans, 0, []);
    }

    [Fact]
    public void Points_lie_on_a_logarithmic_scale()
    {
        var plot = DurationPlot.Of(
            [TraceSummary.Of(Trace(Span("a", null, 0, 1))), TraceSummary.Of(Trace(Span("b", null, 50, 60))), TraceSummary.Of(Trace(Span("c", null, 100, 200)))], Hundred);

        Assert.Equal(["left:0%;bottom:0%", "left:50%;bottom:50%", "left:100%;bottom:100%"], plot.Points.Select(point => point.Style));
        Assert.Equal(["1 ms", "10 ms", "100 ms"], plot.Lines.Select(line => line.Text));
    }

    [Fact]
    public void Points_that_are_all_alike_are_placed_too() =>
        Assert.Equal("left:0%;bottom:0%", Assert.Single(DurationPlot.Of([TraceSummary.Of(Trace(Span("a", null, 0, 0)))], Hundred).Points).Style);

    [Fact]
    public void The_heaviest_steps_add_up_to_the_whole_path()
    {
        var view = TraceView.Of(Trace(Span("create", null, 0, 3), Span("process", "create", 500, 900), Span("agent", "process", 600, 880)));

        Assert.Equal(
            ["create True 497", "agent False 280", "process False 120", "create False 3"],
            view.Heaviest(9).Select(step => $"{step.Node.Span.SpanId} {step.IsWait} {step.Duration.TotalMilliseconds}"));
        Assert.Equal(TimeSpan.FromMilliseconds(900), view.PathDuration);
    }

    [Fact]
    public void An_answer_without_anything_new_changes_nothing()
    {
        var view = TraceView.Of(Trace(Span("a", null, 0, 1)));

        Assert.Same(view, view.With(Trace(Span("a", null, 0, 1))));
        Assert.NotSame(view, view.With(Trace(Span("a", null, 0, 1), Span("b", "a", 0, 1))));
    }

    [Fact]
    public void From_a_span_it_leads_to_its_lines_with_some_time_around_it() =>
        Assert.Equal(
            $"/logs?query=%7Bservice_name%3D~%22.%2B%22%7D%20%7C%20trace_id%3D%22{Id}%22%20%7C%20span_id%3D%22b7ad6b7169203331%22&from=1795462089000&to=1795462160000",
            TraceQueries.LogsHref(Id, new(2026, 11, 23, 19, 28, 39, TimeSpan.Zero), new(2026, 11, 23, 19, 28, 50, TimeSpan.Zero), "b7ad6b7169203331"));
}
