using AgentSystem.TelemetryStore.Otlp;

namespace AgentSystem.Benchmarks.TelemetryStore.Load;

/// <summary>
/// Span requests as two processes send them: each trace is a task of eight spans, three of the orchestrator and five of a worker, with six
/// attributes each.
/// </summary>
internal sealed class SpanLoad : ILoad
{
    internal const int SpansPerTrace = 8;

    private const int OrchestratorSpans = 3, TracesPerStep = 100, Variants = 4;

    private static readonly string[] Names =
        ["POST /tasks", "create marie", "settle marie", "process marie", "invoke_agent marie", "chat claude-sonnet-4-5", "execute_tool read", "POST api.anthropic.com"];

    private readonly (Template Orchestrator, Template Worker)[] _templates;
    private readonly Func<long, long> _timeOf;

    /// <param name="timeOf">The time of a span by its number, in nanoseconds since 1970-01-01T00:00:00Z.</param>
    internal SpanLoad(Func<long, long> timeOf)
    {
        _timeOf = timeOf;
        var wording = new Wording(1);
        _templates = new (Template, Template)[Variants];
        for (var i = 0; i < Variants; i++)
            _templates[i] = (Build("orchestrator", i, 0, OrchestratorSpans, wording), Build("marie", i, OrchestratorSpans, SpansPerTrace, wording));
    }

    public string Path => "/v1/traces";

    public int Step => TracesPerStep * SpansPerTrace;

    public IEnumerable<(ReadOnlyMemory<byte> Body, int Items)> Requests(long first)
    {
        var (orchestrator, worker) = _templates[first / Step % Variants];
        orchestrator.Fill(record => Of(first / SpansPerTrace + record / OrchestratorSpans, record % OrchestratorSpans));
        yield return (orchestrator.Body, orchestrator.Records);
        const int WorkerSpans = SpansPerTrace - OrchestratorSpans;
        worker.Fill(record => Of(first / SpansPerTrace + record / WorkerSpans, OrchestratorSpans + record % WorkerSpans));
        yield return (worker.Body, worker.Records);
    }

    /// <summary>The id of a trace by its number.</summary>
    internal static UInt128 TraceId(long trace) => new(Template.Mixed((ulong)trace), Template.Mixed(~(ulong)trace));

    private Stamp Of(long trace, int position)
    {
        var start = _timeOf(trace * SpansPerTrace) + position * 150_000;
        return new(start, start + 90_000_000 / (position + 1), TraceId(trace), SpanId(trace, position), SpanId(trace, (position - 1) / 2), (ulong)trace);
    }

    private static ulong SpanId(long trace, int position) => Template.Mixed((ulong)trace << 3 | (uint)position) | 1;

    private static Template Build(string service, int instance, int from, int to, Wording wording)
    {
        var scope = new ProtoWriter().Message(1, new ProtoWriter().Text(1, "AgentSystem.Tasks"));
        for (var trace = 0; trace < TracesPerStep; trace++)
            for (var position = from; position < to; position++)
                scope.Message(2, Span(position, wording));
        return new(new ProtoWriter().Message(1, new ProtoWriter().Message(1, Resources.Of(service, instance)).Message(2, scope)).ToArray(), Template.Trace);
    }

    // opentelemetry/proto/trace/v1/trace.proto, Span
    private static ProtoWriter Span(int position, Wording wording) => new ProtoWriter()
        .Bytes(1, Template.Trace)
        .Bytes(2, Template.Span)
        .Bytes(4, position == 0 ? [] : Template.Parent)
        .Text(5, Names[position])
        .Varint(6, (ulong)(position % 5 + 1))
        .AlwaysFixed64(7, BitConverter.ToUInt64(Template.Start))
        .AlwaysFixed64(8, BitConverter.ToUInt64(Template.End))
        .Message(9, Resources.Attribute("task.id", Template.Id))
        .Message(9, Resources.Attribute("task.type", wording.Type()))
        .Message(9, Resources.Attribute("gen_ai.request.model", wording.Model()))
        .Message(9, Resources.Attribute("document", $"{wording.Word()}-{wording.Word()}.md"))
        .Message(9, Resources.Attribute("tokens", "####"))
        .Message(9, Resources.Attribute("attempt", "1"));
}
