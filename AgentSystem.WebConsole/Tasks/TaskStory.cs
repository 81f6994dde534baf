using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Formatting;

namespace AgentSystem.WebConsole.Tasks;

/// <summary>Where a part of a story comes from.</summary>
public enum StoryKind
{
    /// <summary>The journal and the status lines.</summary>
    Status,
    /// <summary>The traces.</summary>
    Span,
    /// <summary>The logs.</summary>
    Log,
}

/// <summary>One thing that happened.</summary>
/// <param name="At">When, by the clock of whoever recorded it (UTC).</param>
/// <param name="Kind">Where it comes from.</param>
/// <param name="Who">Who did or wrote it.</param>
/// <param name="What">In a word or a line.</param>
/// <param name="Detail">What to add; may be empty.</param>
/// <param name="Tone">Whether it is good.</param>
/// <param name="Href">Where to look further; null when nowhere.</param>
public sealed record StoryEntry(DateTimeOffset At, StoryKind Kind, string Who, string What, string Detail, Tone Tone, string? Href);

/// <summary>A stretch of time: an attempt or a span.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Who">Who did it.</param>
/// <param name="From">Its beginning (UTC).</param>
/// <param name="To">Its end, or now (UTC).</param>
/// <param name="Tone">How it ended.</param>
/// <param name="Depth">How many stretches it is within.</param>
/// <param name="Href">Where to look further; null when nowhere.</param>
public sealed record StoryBar(string Name, string Who, DateTimeOffset From, DateTimeOffset To, Tone Tone, int Depth, string? Href);

/// <summary>A task's whole life from all sources on one timeline.</summary>
/// <param name="Entries">What happened, oldest first.</param>
/// <param name="Bars">Attempts, and below each its spans.</param>
/// <param name="From">Where the timeline begins (UTC).</param>
/// <param name="To">Where it ends (UTC).</param>
/// <param name="Spans">How many spans it has, those included that are not shown.</param>
public sealed record TaskStory(IReadOnlyList<StoryEntry> Entries, IReadOnlyList<StoryBar> Bars, DateTimeOffset From, DateTimeOffset To, int Spans)
{
    /// <summary>The newest that are shown: more does not fit a page, and the page of the trace has them all.</summary>
    public const int MaxSpans = 60;

    /// <summary>Puts it together of what there is; each source may be missing.</summary>
    public static TaskStory Of(
        TaskView task, IReadOnlyList<TaskEvent> events, IReadOnlyList<Trace> traces, IReadOnlyList<LogLine> logs, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(task);
        var all = About(task.Id, [.. traces.SelectMany(trace => trace.Spans)]);
        List<Span> spans = [.. all.OrderBy(span => span.Start).TakeLast(MaxSpans)];
        List<StoryEntry> entries =
        [
            .. events.Select(Status),
            .. spans.Select(Span),
            .. logs.Select(Log),
        ];
        var end = task.FinishedAt ?? now;
        List<StoryBar> bars = [.. Attempts(events, end), .. BarsOf(spans)];
        var from = bars.Select(bar => bar.From).Append(task.CreatedAt).Min();
        var to = bars.Select(bar => bar.To).Append(end).Max();
        return new([.. entries.OrderBy(entry => entry.At)], bars, from, to > from ? to : from.AddMilliseconds(1), all.Count);
    }

    /// <summary>A moment's place on the timeline, from 0 to 100.</summary>
    public double Percent(DateTimeOffset at) => Math.Clamp((at - From) / (To - From) * 100, 0, 100);

    /// <summary>A trace that several tasks share, such as that of a batch, has spans of the others too: a span belongs to the task that it names, else to its parent's.</summary>
    private static List<Span> About(string taskId, IReadOnlyList<Span> spans)
    {
        var byId = spans.GroupBy(span => (span.TraceId, span.SpanId)).ToDictionary(same => same.Key, same => same.First());
        var owners = new Dictionary<Span, string?>(ReferenceEqualityComparer.Instance);
        return [.. spans.Where(span => Owner(span) is not { } owner || owner == taskId)];

        string? Owner(Span span)
        {
            var way = new List<Span>();
            string? owner = null;
            for (var current = span; current is not null && !owners.TryGetValue(current, out owner); current = Parent(current))
            {
                way.Add(current);
                // Known before its parents are: where they lead back to it, the way ends.
                owners[current] = owner = current.Tags.GetValueOrDefault(TelemetryNames.Attributes.TaskId) ?? current.Tags.GetValueOrDefault(TelemetryNames.Attributes.MessagingMessageId);
                if (owner is not null)
                    break;
            }
            foreach (var passed in way)
                owners[passed] = owner;
            return owner;
        }

        Span? Parent(Span span) => span.ParentId is null ? null : byId.GetValueOrDefault((span.TraceId, span.ParentId));
    }

    private static IEnumerable<StoryBar> Attempts(IReadOnlyList<TaskEvent> events, DateTimeOffset end)
    {
        TaskEvent? began = null;
        var closed = 0;
        foreach (var e in events.OrderBy(e => e.Seq))
        {
            if (e.Event is "active" or "claimed" or "started")
            {
                if (e.Attempt <= closed)
                    continue; // a line that came late
                if (began is not null && began.Attempt != e.Attempt)
                    yield return Bar(began, e.At, Tone.Bad);
                // A worker says when it began; the journal notes it when the line arrives.
                if (began?.Attempt != e.Attempt || e.At < began.At)
                    began = e;
            }
            // What says that another attempt will follow has that one's number already.
            else if (began is not null && Outcome(e.Event) is { } tone)
            {
                yield return Bar(began, e.At, tone);
                // One that was put back may be taken up again under the same number.
                (closed, began) = (tone == Tone.Off ? closed : began.Attempt, null);
            }
        }
        if (began is not null)
            yield return Bar(began, end, Tone.Busy);
    }

    private static StoryBar Bar(TaskEvent began, DateTimeOffset ended, Tone tone) =>
        new($"Attempt {began.Attempt}", began.Worker, began.At, ended > began.At ? ended : began.At, tone, 0, null);

    private static Tone? Outcome(string happened) => happened switch
    {
        "completed" => Tone.Good,
        "failed" or "dead" or "retrying" => Tone.Bad,
        "cancelled" or "released" or "pending" => Tone.Off,
        _ => null,
    };

    private static IEnumerable<StoryBar> BarsOf(List<Span> spans)
    {
        var ids = spans.Select(span => span.SpanId).ToHashSet();
        var children = spans.ToLookup(span => span.ParentId is { } parent && ids.Contains(parent) ? parent : "");
        return Below("", 1);

        IEnumerable<StoryBar> Below(string parent, int depth) => children[parent].SelectMany(span => Below(span.SpanId, depth + 1)
            .Prepend(new(span.Name, span.Service, span.Start, span.End, span.IsError ? Tone.Bad : Tone.Busy, depth, SpanHref(span))));
    }

    private static StoryEntry Status(TaskEvent e)
    {
        var progress = e.Progress is { } share ? Numbers.Percent(share, 2) : "";
        return new(e.At, StoryKind.Status, e.Worker, e.Event, $"{progress} {e.Message}".Trim(), States.ToneOf(e.Event), null);
    }

    private static StoryEntry Span(Span span) => new(
        span.Start, StoryKind.Span, span.Service, span.Name,
        $"{Durations.Text(span.Duration)} {span.Tags.GetValueOrDefault("otel.status_description")}".Trim(), span.IsError ? Tone.Bad : Tone.Off, SpanHref(span));

    private static StoryEntry Log(LogLine line) => new(
        line.At, StoryKind.Log, line.Service, line.Message, "", line.Level switch
        {
            "error" or "critical" or "fatal" => Tone.Bad,
            "warn" or "warning" => Tone.Warning,
            _ => Tone.Off,
        }, null);

    private static string SpanHref(Span span) => $"/traces/{span.TraceId}?span={span.SpanId}";
}
