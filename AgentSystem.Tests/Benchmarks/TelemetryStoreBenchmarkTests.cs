using AgentSystem.Benchmarks.Reporting;
using AgentSystem.Benchmarks.TelemetryStore;
using AgentSystem.Benchmarks.TelemetryStore.Load;
using AgentSystem.TelemetryStore.Otlp;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.Benchmarks;

public sealed class TelemetryStoreBenchmarkTests
{
    [Fact]
    public async Task A_small_run_measures_everything_and_finds_all_that_was_acknowledged()
    {
        using var folder = new TempFolder();
        var options = new StoreBenchmarkOptions(Lines: 3_000, Spans: 1_600, IndexedLines: 1_000, TimeSpan.FromSeconds(0.5), Runs: 2, folder["data"]);

        var report = await new TelemetryStoreBenchmark(options, TextWriter.Null).RunAsync(default);

        Assert.Empty(report.Faults);
        Assert.All(report.Figures, figure => Assert.True(figure.Value > 0, figure.Name));
        Assert.All(report.Figures.Where(f => f.Peer is not null), figure => Assert.True(figure.Peer!.Value > 0, figure.Name));
        Assert.Equal(3_072, report.Figures.First(f => f.Name == DataSet.FoundLines).Value);

        // What was made is taken as it is, and only for what it is.
        var next = new Report("next");
        await new DataSet(options, folder["data"]).PrepareAsync(next, _ => { }, default);
        Assert.Empty(next.Figures);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            new DataSet(options with { Lines = 10_000 }, folder["data"]).PrepareAsync(next, _ => { }, default));
        Assert.Contains("has other data", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_of_lines_has_a_different_id_in_each_line_and_each_time()
    {
        var load = new LogLoad(line => line + 1);
        foreach (var first in (long[])[0, 512, 51_200])
        {
            var (body, count) = Assert.Single(load.Requests(first));
            var records = OtlpProto.Logs(body).Single().Scopes.Single().Items;
            Assert.Equal(count, records.Count);
            for (var i = 0; i < count; i++)
            {
                Assert.Contains(Template.IdOf((ulong)(first + i)), records[i].Body.Text, StringComparison.Ordinal);
                Assert.Equal(first + i + 1, records[i].TimeNanos);
                Assert.DoesNotContain("##", records[i].Body.Text, StringComparison.Ordinal);
                Assert.Equal(records[i].Body.Text, System.Text.Encoding.UTF8.GetString(load.Line(i).Line.Span));
            }
        }
    }

    [Fact]
    public void The_requests_of_spans_make_whole_traces()
    {
        var load = new SpanLoad(span => span + 1);
        var spans = load.Requests(load.Step).SelectMany(r => OtlpProto.Traces(r.Body)).SelectMany(r => r.Scopes).SelectMany(s => s.Items).ToList();

        Assert.Equal(load.Step, spans.Count);
        Assert.All(spans.GroupBy(s => s.TraceId), trace =>
        {
            Assert.Equal(SpanLoad.SpansPerTrace, trace.Select(s => s.SpanId).Distinct().Count());
            Assert.Single(trace, s => s.ParentSpanId == 0);
            Assert.All(trace.Where(s => s.ParentSpanId != 0), s => Assert.Contains(trace, parent => parent.SpanId == s.ParentSpanId));
        });
        Assert.Contains(spans, s => s.TraceId == SpanLoad.TraceId(load.Step / SpanLoad.SpansPerTrace));
    }
}
