using System.Text;
using AgentSystem.TelemetryStore.Otlp;

namespace AgentSystem.Benchmarks.TelemetryStore.Load;

/// <summary>
/// Log requests as OpenTelemetry's SDK for .NET sends them: one process, a batch of records with severity, trace, scope and attributes.
/// Everything about a line follows from its number, so that whoever asks for it later knows what there is to be found.
/// </summary>
internal sealed class LogLoad : ILoad
{
    /// <summary>The SDK's largest batch.</summary>
    internal const int LinesPerRequest = 512;

    // A stream's requests differ for longer than the store looks back when it compresses.
    private const int Instances = 3, VariantsPerStream = 8;

    private static readonly string[] Services = ["orchestrator", "marie", "anga", "fabien", "alerting"];

    private static readonly Lazy<(Template Template, (int At, int Length, int End)[] Lines)[]> All = new(BuildAll);

    private readonly Template?[] _templates = new Template?[All.Value.Length];
    private readonly Func<long, long> _timeOf;
    private int _current;

    /// <param name="timeOf">The time of a line by its number, in nanoseconds since 1970-01-01T00:00:00Z.</param>
    internal LogLoad(Func<long, long> timeOf) => _timeOf = timeOf;

    internal static int Streams => Services.Length * Instances;

    /// <summary>The service of a line, by the line's number.</summary>
    internal static string ServiceOf(long line) => Services[line / LinesPerRequest % Streams % Services.Length];

    public string Path => "/v1/logs";

    public int Step => LinesPerRequest;

    public IEnumerable<(ReadOnlyMemory<byte> Body, int Items)> Requests(long first)
    {
        _current = (int)(first / LinesPerRequest % _templates.Length);
        var template = _templates[_current] ??= All.Value[_current].Template.Copy();
        template.Fill(record => Of(first + record));
        yield return (template.Body, LinesPerRequest);
    }

    /// <summary>A line of the last request: its text, and the rest of its record.</summary>
    internal (ReadOnlyMemory<byte> Line, ReadOnlyMemory<byte> Remainder) Line(int record)
    {
        var (at, length, end) = All.Value[_current].Lines[record];
        var body = _templates[_current]!.Body.AsMemory();
        return (body.Slice(at, length), body[(at + length)..end]);
    }

    internal long TimeOf(long line) => _timeOf(line);

    private Stamp Of(long line)
    {
        var time = _timeOf(line);
        var number = (ulong)line;
        var trace = Template.Mixed(number / 16);
        return new(time, time + 40_000, new(trace, Template.Mixed(trace)), Template.Mixed(number / 4 ^ trace), 0, number);
    }

    private static (Template, (int, int, int)[])[] BuildAll()
    {
        var wording = new Wording(1);
        return [.. Enumerable.Range(0, Streams * VariantsPerStream).Select(i => Build(i % Streams, wording))];
    }

    private static (Template, (int, int, int)[]) Build(int stream, Wording wording)
    {
        var scope = new ProtoWriter().Message(1, new ProtoWriter().Text(1, "AgentSystem.Tasks.TaskRunner"));
        var texts = new List<(byte[] Line, int After)>();
        for (var i = 0; i < LinesPerRequest; i++)
        {
            var (text, severity) = wording.Next();
            var line = Encoding.UTF8.GetBytes(text);
            var record = Record(line, severity, wording);
            texts.Add((line, record.Length - record.IndexOf(line) - line.Length));
            scope.Message(2, record);
        }
        var resource = Resources.Of(Services[stream % Services.Length], stream / Services.Length);
        var body = new ProtoWriter().Message(1, new ProtoWriter().Message(1, resource).Message(2, scope)).ToArray();
        var places = new List<(int, int, int)>();
        var from = 0;
        foreach (var (line, rest) in texts)
        {
            var at = from + body.AsSpan(from).IndexOf(line);
            from = at + line.Length + rest;
            places.Add((at, line.Length, from));
        }
        return (new(body, Template.Start), [.. places]);
    }

    // opentelemetry/proto/logs/v1/logs.proto, LogRecord
    private static ReadOnlySpan<byte> Record(byte[] line, int severity, Wording wording) => new ProtoWriter()
        .AlwaysFixed64(1, BitConverter.ToUInt64(Template.Start))
        .Varint(2, (ulong)severity)
        .Text(3, severity switch { < 9 => "Debug", < 13 => "Information", < 17 => "Warning", _ => "Error" })
        .Message(5, new ProtoWriter().Message(1, line))
        .Message(6, Resources.Attribute("task.id", Template.Id))
        .Message(6, Resources.Attribute("task.type", wording.Type()))
        .Message(6, Resources.Attribute("thread.id", "##"))
        .Bytes(9, Template.Trace)
        .Bytes(10, Template.Span)
        .AlwaysFixed64(11, BitConverter.ToUInt64(Template.End))
        .Written;
}
