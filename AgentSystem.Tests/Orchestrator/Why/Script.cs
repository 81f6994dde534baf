using System.Globalization;
using AgentSystem.Orchestrator.Why;
using AgentSystem.Orchestrator.Why.Evidence;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Tests.Orchestrator.Why;

/// <summary>
/// Lets a task live through given times, in seconds, and writes down what the journal and the processes would have: events by the
/// orchestrator's clock, spans and status lines by the worker's. It knows in which part each of the times has to be found.
/// </summary>
internal sealed class Script(double workerClockAhead = 0)
{
    internal const string Id = "T1", Worker = "marie";
    internal static readonly DateTimeOffset Begin = new(2026, 11, 23, 19, 28, 39, TimeSpan.Zero);

    private readonly List<TaskEvent> _events = [];
    private readonly List<TaskSpan> _spans = [];
    private readonly List<TaskError> _errors = [];
    private readonly List<TaskSpan> _calls = [];
    private readonly List<(TimePart Part, double Seconds)> _sinceClaim = [];
    private DateTimeOffset _now = Begin, _claimed, _agentFrom, _agentTo;
    private double _slotWait;
    private int _attempt = 1, _spanNumber;
    private string _process = "";

    internal Dictionary<TimePart, double> Expected { get; } = Enum.GetValues<TimePart>().ToDictionary(p => p, _ => 0.0);

    internal DateTimeOffset Now => _now;

    /// <summary>Accepted, or due again; waits in the journal until it is placed.</summary>
    internal Script Queue(double seconds)
    {
        Say("pending");
        Pass(TimePart.Queue, seconds);
        Say("ready");
        return this;
    }

    /// <summary>Lies in the folder: unnoticed, then without a slot, then claimed.</summary>
    internal Script Folder(double unnoticed = 0, double slot = 0)
    {
        Pass(TimePart.Transport, unnoticed);
        Pass(TimePart.Slot, slot);
        _slotWait = slot;
        _claimed = _now;
        _process = NextId();
        Say("active");
        return this;
    }

    /// <summary>Claimed; until the agent begins.</summary>
    internal Script Start(double seconds)
    {
        Pass(TimePart.Transport, seconds);
        _agentFrom = _agentTo = _now;
        _events.Add(Event("started", ByWorker(_now)));
        return this;
    }

    internal Script Agent(double seconds) => Work(TimePart.Agent, seconds);

    internal Script Model(double seconds) => Call(TimePart.Model, "chat claude", seconds);

    internal Script Tool(double seconds) => Call(TimePart.Tool, "execute_tool grep", seconds);

    /// <summary>The work is done; until the journal has it.</summary>
    internal Script Complete(double seconds)
    {
        EndAttempt();
        Pass(TimePart.Settlement, seconds);
        Say("completed");
        return this;
    }

    /// <summary>The attempt fails and another one is due after a while.</summary>
    internal Script FailAndWait(double seconds, double settlement = 0)
    {
        EndAttempt("broken");
        Pass(TimePart.Settlement, settlement);
        _errors.Add(new("broken", "It broke.") { Attempt = _attempt, At = _now });
        // All of this attempt was for nothing.
        Throw();
        _attempt++;
        Say("retrying", "broken: It broke.");
        Pass(TimePart.Retries, seconds);
        return this;
    }

    /// <summary>The worker puts the task back unfinished.</summary>
    internal Script Release()
    {
        EndAttempt(released: true);
        Throw();
        Say("ready");
        return this;
    }

    internal Script Die(double settlement = 0, string type = "broken")
    {
        EndAttempt(type);
        Pass(TimePart.Settlement, settlement);
        _errors.Add(new(type, "It broke for good.", Retryable: false) { Attempt = _attempt, At = _now });
        Say("dead", $"{type}: It broke for good.");
        return this;
    }

    internal Script Cancel()
    {
        Say("cancelled", "cancelled by request");
        return this;
    }

    /// <summary>The case as it is known, with the traces unless they are lost.</summary>
    internal TaskCase Case(bool traces = true, Func<TaskSpan, bool>? kept = null)
    {
        var last = _events.FindLast(e => e.Event != "started")!;
        var state = Enum.Parse<TaskState>(last.Event, ignoreCase: true);
        var spans = _spans.Where(kept ?? (_ => true)).ToList();
        return new()
        {
            Task = new()
            {
                Seq = 100,
                Id = Id,
                Type = "summarize",
                Priority = TaskPriority.Normal,
                Worker = Worker,
                Pinned = false,
                State = state,
                Attempt = _attempt,
                MaxAttempts = 3,
                CreatedAt = Begin,
                StartedAt = _events.FindLast(e => e.Event == "active")?.At,
                FinishedAt = state.IsSettled() ? _now : null,
                Trace = TraceCarrier.Empty,
                CorrelationId = Trace(1),
            },
            To = _now,
            Life = _events,
            Errors = _errors,
            Traces = traces
                ? new(spans, new("traces", EvidenceStatus.Used, $"{spans.Count} spans"))
                : Answer<TaskSpan>.Off("traces", WhyOptions.JaegerVariable),
        };
    }

    internal TaskExplanation Explain() => Explanation.Of(Case());

    internal static string Trace(int attempt) => attempt.ToString("x32", CultureInfo.InvariantCulture);

    internal TaskSpan Span(string name, string id, string? parent, DateTimeOffset from, DateTimeOffset to, params (string Key, string Value)[] tags) =>
        new(Trace(_attempt), id, parent, name, Worker, ByWorker(from), ByWorker(to), tags.ToDictionary(t => t.Key, t => t.Value));

    private Script Call(TimePart part, string name, double seconds)
    {
        var from = _now;
        Work(part, seconds);
        _calls.Add(Span(name, NextId(), _process + "a", from, _now));
        return this;
    }

    private Script Work(TimePart part, double seconds)
    {
        Pass(part, seconds);
        _agentTo = _now;
        return this;
    }

    private void EndAttempt(string? error = null, bool released = false)
    {
        List<(string, string)> tags =
        [
            (TelemetryNames.Attributes.TaskId, Id),
            (TelemetryNames.Attributes.TaskAttempt, _attempt.ToString(CultureInfo.InvariantCulture)),
            (TelemetryNames.Attributes.TaskSlotWait, _slotWait.ToString(CultureInfo.InvariantCulture)),
        ];
        if (error is not null)
            tags.AddRange([("error", "true"), (TelemetryNames.Attributes.ErrorType, error), ("otel.status_description", "It broke.")]);
        if (released)
            tags.Add((TelemetryNames.Attributes.TaskState, "released"));
        _spans.Add(Span($"process {Worker}", _process, null, _claimed, _now, [.. tags]));
        _spans.Add(Span($"invoke_agent {Worker}", _process + "a", _process, _agentFrom, _agentTo, (TelemetryNames.Attributes.GenAiProvider, "offline")));
        _spans.AddRange(_calls);
        _calls.Clear();
    }

    /// <summary>What this attempt took from its claim until now was for nothing.</summary>
    private void Throw()
    {
        foreach (var (part, seconds) in _sinceClaim)
            Expected[part] -= seconds;
        Expected[TimePart.Retries] += _sinceClaim.Sum(s => s.Seconds);
    }

    private void Pass(TimePart part, double seconds)
    {
        Expected[part] += seconds;
        _now = _now.AddMilliseconds(Math.Round(seconds * 1000));
        _sinceClaim.Add((part, seconds));
    }

    private void Say(string name, string? message = null)
    {
        if (name == "active")
            _sinceClaim.Clear();
        _events.Add(Event(name, _now) with { Message = message });
    }

    private TaskEvent Event(string name, DateTimeOffset at) => new(_events.Count + 1, Id, name, Worker, _attempt, at, null, null, Trace(1));

    private DateTimeOffset ByWorker(DateTimeOffset at) => at.AddSeconds(workerClockAhead);

    private string NextId() => (++_spanNumber).ToString("x16", CultureInfo.InvariantCulture);
}
