using System.Net.Http.Json;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using AgentSystem.Tests.EndToEnd.Otlp;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.EndToEnd;

/// <summary>The whole life of a task is one trace: asserted over directed edges, on what the processes really export.</summary>
[Collection(SharedSystem.Name)]
public sealed class TraceTests(SharedSystem shared)
{
    private static readonly TimeSpan ExportLimit = TimeSpan.FromSeconds(30);

    private RunningSystem System => shared.System;

    [Fact]
    public async Task Every_hop_of_a_task_is_a_span_of_its_trace()
    {
        var task = await System.SubmitAsync(Document("marie"));
        await System.UntilAsync(task.Id, t => t.State == TaskState.Completed);
        var spans = await SpansOfAsync(task.CorrelationId!, s => s.Any(x => x.Name == "settle marie") && s.Count(x => x.Name == "receive pipes/marie") >= 3);

        var request = Assert.Single(spans, s => s.ParentId.Length == 0);
        Assert.Equal("orchestrator", request.Service);
        var create = Child(spans, request, "create marie", kind: 4);
        var process = Child(spans, create, "process marie", kind: 5);
        Assert.Equal("marie", process.Service);
        Child(spans, process, "invoke_agent marie", kind: 1);
        Assert.Equal("orchestrator", Child(spans, process, "settle marie", kind: 3).Service);

        var sends = spans.Where(s => s.Name == "send pipes/marie").ToList();
        Assert.Equal(["claimed", "completed", "started"], sends.Select(s => s.Attributes[TelemetryNames.Attributes.LineStatus]).Where(s => s != "progress").Order());
        Assert.All(sends, send => Child(spans, send, "receive pipes/marie", kind: 5));
        Assert.Empty(Orphans(spans));
    }

    [Fact]
    public async Task Each_task_of_a_batch_is_a_trace_of_its_own_that_links_to_the_request()
    {
        using var response = await System.Orchestrator.PostAsync("/tasks", JsonContent.Create(new[] { Document("anga"), Document("fabien") }));
        var batch = await response.ReadAsync(ApiJson.Default.BatchAccepted);

        Assert.Equal(2, batch.Tasks.Select(t => t.CorrelationId).Distinct().Count());
        foreach (var task in batch.Tasks)
        {
            var spans = await SpansOfAsync(task.CorrelationId!, s => s.Any(x => x.Name == $"settle {task.Worker}"));
            var create = Assert.Single(spans, s => s.Name == $"create {task.Worker}");
            Assert.Empty(create.ParentId);
            Assert.Contains(System.Otlp.Spans, s => create.Links.Contains((s.TraceId, s.SpanId)) && s.Kind == 2);
        }
    }

    [Fact]
    public async Task A_thousand_tasks_leave_no_orphan()
    {
        var ids = new List<TaskView>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 1000), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
        {
            var task = await System.SubmitAsync(new { type = "document_analysis", payload = new { text = $"Document {i}. It says something." } });
            lock (ids)
                ids.Add(task);
        });
        await System.UntilSettledAsync(TimeSpan.FromMinutes(2));
        var traces = ids.Select(t => t.CorrelationId!).ToHashSet();

        await Eventually.Get(
            () => Task.FromResult(System.Otlp.Spans.Count(s => traces.Contains(s.TraceId) && s.Name.StartsWith("settle ", StringComparison.Ordinal))),
            settled => settled >= 1000,
            ExportLimit);
        var spans = await Eventually.Get(
            () => Task.FromResult(System.Otlp.Spans.Where(s => traces.Contains(s.TraceId)).ToList()),
            s => Orphans(s).Count == 0 && Lines(s, "receive") == Lines(s, "send"),
            ExportLimit);

        Assert.Equal(1000, traces.Count);
        foreach (var hop in (string[])["create", "process", "invoke_agent", "settle"])
            Assert.Equal(1000, spans.Count(s => s.Name.StartsWith(hop + " ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_retry_is_a_new_trace_that_links_to_the_creation_and_to_the_attempt_before()
    {
        var task = await System.SubmitAsync(new { type = "fail", worker = "fabien", payload = new { error = "on_purpose", until_attempt = 2 } });
        var done = await System.UntilAsync(task.Id, t => t.State.IsSettled());
        Assert.Equal((TaskState.Completed, 2), (done.State, done.Attempt));

        var first = await SpansOfAsync(task.CorrelationId!, s => s.Any(x => x.Name == "settle fabien"));
        var create = Assert.Single(first, s => s.Name == "create fabien");
        var attempt1 = Assert.Single(first, s => s.Name == "process fabien");
        Assert.True(attempt1.IsError);
        var attempt2 = await Eventually.Get(
            () => Task.FromResult(System.Otlp.Spans.FirstOrDefault(s => s.Name == "process fabien" && s.Links.Contains((attempt1.TraceId, attempt1.SpanId)))),
            s => s is not null, ExportLimit);

        Assert.Contains((create.TraceId, create.SpanId), attempt2!.Links);
        Assert.NotEqual(task.CorrelationId, attempt2.TraceId);
        Assert.Empty(attempt2.ParentId);
    }

    [Fact]
    public async Task Every_log_line_of_a_task_carries_its_ids()
    {
        var task = await System.SubmitAsync(Document("marie"));
        await System.UntilAsync(task.Id, t => t.State == TaskState.Completed);

        var lines = await Eventually.Get(
            () => Task.FromResult(System.Otlp.Logs.Where(l => l.TraceId == task.CorrelationId && l.Service == "marie").ToList()),
            l => l.Count > 0, ExportLimit);

        Assert.All(lines, line =>
        {
            Assert.Equal(task.Id, line.Attributes[TelemetryNames.Logs.TaskId]);
            Assert.Equal(task.CorrelationId, line.Attributes[TelemetryNames.Logs.CorrelationId]);
        });
    }

    /// <summary>Status lines by one end of the pipe, without those that found it full: they were never received.</summary>
    private static int Lines(List<ReceivedSpan> spans, string operation) =>
        spans.Count(s => !s.IsError && s.Name.StartsWith(operation + " ", StringComparison.Ordinal));

    private static object Document(string worker) =>
        new { type = "process_document", worker, payload = new { text = "# Title\n\nA first sentence. A second one, which is longer than the first." } };



    private Task<List<ReceivedSpan>> SpansOfAsync(string traceId, Func<List<ReceivedSpan>, bool> complete) => Eventually.Get(
        () => Task.FromResult(System.Otlp.Spans.Where(s => s.TraceId == traceId).ToList()),
        spans => complete(spans) && Orphans(spans).Count == 0,
        ExportLimit);

    private static ReceivedSpan Child(List<ReceivedSpan> spans, ReceivedSpan parent, string name, int kind)
    {
        var child = Assert.Single(spans, s => s.ParentId == parent.SpanId && s.Name == name);
        Assert.Equal(kind, child.Kind);
        return child;
    }

    private static List<ReceivedSpan> Orphans(List<ReceivedSpan> spans)
    {
        var known = spans.Select(s => (s.TraceId, s.SpanId)).ToHashSet();
        return spans.FindAll(s => s.ParentId.Length > 0 && !known.Contains((s.TraceId, s.ParentId)));
    }
}
