using System.Globalization;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Orchestrator.Why;

/// <summary>Makes an explanation of what is known. The same case always has the same explanation.</summary>
internal static class Explanation
{
    // Disagreement below this cannot be seen in an explanation.
    private static readonly TimeSpan NotableShift = TimeSpan.FromMilliseconds(10);

    internal static TaskExplanation Of(TaskCase given)
    {
        var task = given.Task;
        var trace = new TaskTrace(task.Id, given.Traces.Items);
        var timeline = Timeline.Of(given, trace);
        var wall = given.To - task.CreatedAt;
        var coincided = Coincidences.Of(given);
        var peers = new Peers(given.Around.Peers);
        var parts = Enum.GetValues<TimePart>()
            .Select(part => new ExplainedPart(part, timeline[part].TotalSeconds, Share(timeline[part], wall), Detail(part, given, timeline, trace)))
            .ToList();
        return new()
        {
            TaskId = task.Id,
            Type = task.Type,
            Worker = task.Worker,
            State = task.State,
            Attempt = task.Attempt,
            Headline = Headline.Of(given, parts, peers, wall),
            From = task.CreatedAt,
            To = given.To,
            WallSeconds = wall.TotalSeconds,
            Parts = parts,
            Failures = Failures.Of(given, trace),
            Unusual = peers.Compare(task, wall, timeline.FirstClaim),
            Coincided = coincided,
            CorrelationId = task.CorrelationId,
            TraceIds = [.. trace.Spans.Select(s => s.TraceId).Distinct()],
            Sources = [Journal(given), Traces(given, trace), given.Logs.Source],
            Notes = [.. Notes(given, timeline, trace)],
        };
    }

    private static double Share(TimeSpan part, TimeSpan wall) => wall > TimeSpan.Zero ? part / wall : 0;

    private static EvidenceSource Journal(TaskCase given) => given.Life.Count > 0
        ? new("journal", EvidenceStatus.Used, $"{given.Life.Count:N0} events")
        : new("journal", EvidenceStatus.Empty, "The task's events are gone; its row is left.");

    /// <summary>What came may all be about other tasks that share the trace.</summary>
    private static EvidenceSource Traces(TaskCase given, TaskTrace trace) =>
        given.Traces.Source is { Status: EvidenceStatus.Used } source && trace.Spans.Count == 0
            ? source with { Status = EvidenceStatus.Empty, Detail = "None of the spans is about this task." }
            : given.Traces.Source;

    private static string? Detail(TimePart part, TaskCase given, Timeline timeline, TaskTrace trace)
    {
        if (timeline[part] == TimeSpan.Zero)
            return null;
        switch (part)
        {
            case TimePart.Queue:
                return given.Around.Ahead > 0 ? $"{Words.Count(given.Around.Ahead, "task")} of {given.Task.Worker} came first" : null;
            case TimePart.Slot:
                var others = Coincidences.Beside(given).Count;
                return others > 0 ? $"{given.Task.Worker} was busy with {Words.Count(others, "other task")}" : $"{given.Task.Worker} had no slot free";
            case TimePart.Agent:
                return trace.Spans.LastOrDefault(s => s.Operation == TelemetryNames.Spans.InvokeAgent)?.Tag(TelemetryNames.Attributes.GenAiProvider);
            case TimePart.Model:
                return Calls(timeline.Calls.Where(c => c.IsModel).Select(c => c.Tag("gen_ai.request.model") ?? Object(c.Name)));
            case TimePart.Tool:
                return Calls(timeline.Calls.Where(c => c.IsTool).Select(c => c.Tag(TelemetryNames.Attributes.GenAiToolName) ?? Object(c.Name)));
            case TimePart.Retries:
                var waits = timeline.Stretches.Where(s => s.Place == Place.BackOff).Aggregate(TimeSpan.Zero, (sum, s) => sum + (s.To - s.From));
                return $"{Words.Count(timeline.Stretches.Count(s => s.EndedBy is "retrying"), "failed attempt")}, {Words.Of(waits)} of it waits between them";
            case TimePart.Settlement:
                return trace.Settlement(given.Task.Attempt) is { } settle ? $"the orchestrator took {Words.Of(settle.End - settle.Start)} for it once it had the result" : null;
            default:
                return null;
        }
    }

    private static string Calls(IEnumerable<string> names)
    {
        var all = names.ToList();
        var distinct = all.Distinct().ToList();
        return $"{Words.Count(all.Count, "call")}: {string.Join(", ", distinct.Take(5))}{(distinct.Count > 5 ? ", …" : "")}";
    }

    private static string Object(string name) => name[(name.IndexOf(' ', StringComparison.Ordinal) + 1)..];

    private static IEnumerable<string> Notes(TaskCase given, Timeline timeline, TaskTrace trace)
    {
        if (given.Life is not [{ Event: "pending", Attempt: 1 }, ..])
            yield return "The journal's events about the beginning of this task are gone (Orchestrator:EventRetention), so that its beginning is told by what is left.";
        foreach (var (stretch, times) in timeline.Stretches.Zip(timeline.Times))
            if (times is not null && times.Shift.Duration() > NotableShift)
                yield return string.Create(CultureInfo.InvariantCulture,
                    $"The clock of {stretch.Worker} is about {Words.Of(times.Shift.Duration())} {(times.Shift > TimeSpan.Zero ? "behind" : "ahead of")} the orchestrator's in attempt {stretch.Attempt}; its times were moved by that much.");
        if (trace.Spans.Count == 0)
            yield return "Without its trace, the time in models and tools counts as the agent's, and waiting for a slot is worked out from the other tasks of the worker.";
    }
}
