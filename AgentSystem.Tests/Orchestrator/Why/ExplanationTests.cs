using AgentSystem.Orchestrator.Journal;
using AgentSystem.Orchestrator.Why;
using AgentSystem.Orchestrator.Why.Evidence;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Tests.Orchestrator.Why;

public sealed class ExplanationTests
{
    private static readonly WorkerHeartbeat Marie =
        new(Script.Worker, "marie-1", 1, Script.Begin, Script.Begin.AddHours(-1), Concurrency: 2, Active: 2, Draining: false, ["summarize"], null);

    public static TheoryData<TimePart> Delays => [.. Enum.GetValues<TimePart>().Where(p => p != TimePart.Unexplained)];

    [Theory]
    [MemberData(nameof(Delays))]
    public void A_delay_lands_in_its_part(TimePart part)
    {
        double Delay(TimePart here) => here == part ? 7.5 : 0.02;
        var script = new Script().Queue(Delay(TimePart.Queue));
        if (part == TimePart.Retries)
            script.Folder().Start(0).Agent(3).FailAndWait(4.4).Queue(0.02);
        script.Folder(Delay(TimePart.Transport), Delay(TimePart.Slot)).Start(0.02)
            .Agent(Delay(TimePart.Agent)).Model(Delay(TimePart.Model)).Tool(Delay(TimePart.Tool)).Agent(0.02).Complete(Delay(TimePart.Settlement));

        var why = script.Explain();

        AssertParts(script, why);
        Assert.Equal(part, why.Parts.MaxBy(p => p.Seconds)!.Part);
        Assert.InRange(Seconds(why, part), 7.4, 7.7);
    }

    [Fact]
    public void Without_a_trace_the_journal_alone_explains()
    {
        var script = new Script().Queue(2).Folder(unnoticed: 0.5).Start(0.25).Agent(3).Model(4).Tool(1).Complete(0);
        var why = Explanation.Of(script.Case(traces: false) with { Around = new() { Instances = [Marie] } });

        AssertSum(why);
        Assert.Equal((2, 0.5 + 0.25, 8), (Seconds(why, TimePart.Queue), Seconds(why, TimePart.Transport), Seconds(why, TimePart.Agent)));
        Assert.Equal((0, 0), (Seconds(why, TimePart.Model), Seconds(why, TimePart.Unexplained)));
        Assert.Contains(why.Sources, s => s is { Name: "traces", Status: EvidenceStatus.Off });
    }

    [Fact]
    public void Without_a_trace_a_slot_is_waited_for_while_the_worker_is_full()
    {
        var script = new Script().Queue(0).Folder(slot: 10).Start(0).Agent(1).Complete(0);
        DateTimeOffset At(double seconds) => Script.Begin.AddSeconds(seconds);
        // Two slots: full from 1 to 9 s.
        Occupation[] running = [new("A", At(0), At(9)), new("B", At(1), At(9.5)), new("C", At(9.2), At(9.4))];
        var why = Explanation.Of(script.Case(traces: false) with { Around = new() { Instances = [Marie], Running = running } });

        AssertSum(why);
        Assert.Equal(8.2, Seconds(why, TimePart.Slot), 3);
        Assert.Equal(1.8, Seconds(why, TimePart.Transport), 3);
        Assert.Contains("waiting for marie, who was busy with 3 other tasks", why.Headline, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_waits_in_the_queue_until_there_is_a_worker()
    {
        var script = new Script().Queue(1).Folder(unnoticed: 5).Start(0).Agent(1).Complete(0);
        var late = Marie with { StartedAt = Script.Begin.AddSeconds(5) };
        var why = Explanation.Of(script.Case() with { Around = new() { Instances = [late] } });

        Assert.Equal((5, 1), (Seconds(why, TimePart.Queue), Seconds(why, TimePart.Transport)));
        Assert.Contains(why.Coincided, c => c.Kind == "worker_started");
    }

    [Theory]
    [InlineData(3600)]
    [InlineData(-3600)]
    public void A_worker_whose_clock_is_wrong_is_put_right_and_named(double ahead)
    {
        var script = new Script(ahead).Queue(2).Folder(slot: 3).Start(0.1).Agent(1).Model(2).Complete(0);
        var why = script.Explain();

        AssertParts(script, why);
        Assert.Contains(why.Notes, n => n.Contains("The clock of marie is about 1h 00m " + (ahead > 0 ? "ahead of" : "behind"), StringComparison.Ordinal));
    }

    [Fact]
    public void Each_failed_attempt_is_a_failure_and_its_time_a_retry()
    {
        var script = new Script().Queue(1).Folder().Start(0.1).Agent(2).FailAndWait(1.5).Queue(0.5).Folder(slot: 1).Start(0).Agent(1).Die(0.2);
        var why = script.Explain();

        AssertParts(script, why);
        Assert.Equal(3.6, Seconds(why, TimePart.Retries), 3);
        Assert.Equal([1, 2], why.Failures.Where(f => f.Source == FailureSource.Attempt).Select(f => f.Attempt));
        Assert.Equal([1, 2], why.Failures.Where(f => f.Source == FailureSource.Span).Select(f => f.Attempt));
        Assert.StartsWith("Given up after 7.3 s and 2 attempts (broken: It broke for good.)", why.Headline, StringComparison.Ordinal);
        Assert.Equal([Script.Trace(1), Script.Trace(2)], why.TraceIds);
    }

    [Fact]
    public void Work_that_was_put_back_counts_as_a_retry()
    {
        var script = new Script().Queue(0).Folder().Start(0).Agent(4).Release().Folder(slot: 2).Start(0).Agent(1).Complete(0);
        AssertParts(script, script.Explain());
        Assert.Equal((4, 2, 1), (script.Expected[TimePart.Retries], script.Expected[TimePart.Slot], script.Expected[TimePart.Agent]));
    }

    [Fact]
    public void Of_calls_within_calls_the_innermost_counts()
    {
        var script = new Script().Queue(0).Folder().Start(0).Agent(10).Complete(0);
        var given = script.Case();
        var agent = given.Traces.Items.Single(s => s.Operation == "invoke_agent");
        TaskSpan At(string name, string id, string parent, double from, double to) =>
            script.Span(name, id, parent, agent.Start.AddSeconds(from), agent.Start.AddSeconds(to));
        // A tool from 1 to 7 that asks a model from 2 to 5, beside a model from 6 to 8.
        TaskSpan[] calls = [At("execute_tool delegate", "t", agent.SpanId, 1, 7), At("chat inner", "m", "t", 2, 5), At("chat outer", "n", agent.SpanId, 6, 8)];
        var why = Explanation.Of(given with { Traces = given.Traces with { Items = [.. given.Traces.Items, .. calls] } });

        AssertSum(why);
        Assert.Equal((5, 2, 3), (Seconds(why, TimePart.Model), Seconds(why, TimePart.Tool), Seconds(why, TimePart.Agent)));
    }

    [Fact]
    public void A_task_that_waits_is_explained_up_to_now()
    {
        var given = new Script().Queue(3).Case();
        var why = Explanation.Of(given with { To = Script.Begin.AddSeconds(10) });

        AssertSum(why);
        Assert.Equal(10, Seconds(why, TimePart.Queue));
        Assert.Equal("Waiting for 10.0 s so far: 10.0 s of it waiting for marie, who is not there", why.Headline);
        Assert.Contains(why.Coincided, c => c.Kind == "worker_gone");
    }

    [Fact]
    public void A_task_that_is_worked_on_shows_the_calls_that_have_ended()
    {
        var script = new Script().Queue(1).Folder().Start(0.5);
        var begin = script.Now;
        var given = script.Case();
        // Its own spans come when they end; this one's parent is not there yet.
        var call = script.Span("chat claude", "c", "missing", begin.AddSeconds(1), begin.AddSeconds(3));
        var why = Explanation.Of(given with { To = begin.AddSeconds(5), Traces = new([call], new("traces", EvidenceStatus.Used, "")) });

        AssertSum(why);
        Assert.Equal((2, 3), (Seconds(why, TimePart.Model), Seconds(why, TimePart.Agent)));
        Assert.StartsWith("Under way for 6.5 s so far", why.Headline, StringComparison.Ordinal);
    }

    [Fact]
    public void A_worker_that_was_lost_is_noticed_a_lease_later()
    {
        var given = new Script().Queue(1).Folder().Start(0).Agent(20).Die(type: "lease_expired").Case(traces: false);
        var why = Explanation.Of(given with { Lease = TimeSpan.FromSeconds(15) });
        Assert.Equal((5, 15), (Seconds(why, TimePart.Agent), Seconds(why, TimePart.Settlement)));
    }

    [Fact]
    public void What_the_journal_has_forgotten_is_told_by_the_row()
    {
        var given = new Script().Queue(2).Folder().Start(0).Agent(3).Complete(0).Case(traces: false) with { Life = [] };
        var why = Explanation.Of(given);

        AssertSum(why);
        Assert.Equal((2, 3), (Seconds(why, TimePart.Queue), Seconds(why, TimePart.Agent)));
        Assert.Contains(why.Sources, s => s is { Name: "journal", Status: EvidenceStatus.Empty });
        Assert.Contains(why.Notes, n => n.Contains("EventRetention", StringComparison.Ordinal));
    }

    [Fact]
    public void Time_that_nothing_tells_about_is_unexplained()
    {
        var given = new Script().Queue(2).Folder().Start(0).Agent(3).FailAndWait(1).Queue(0).Folder().Start(0).Agent(4).Complete(0).Case(traces: false);
        var why = Explanation.Of(given with { Life = [] });
        AssertSum(why);
        Assert.Equal((6, 4), (Seconds(why, TimePart.Unexplained), Seconds(why, TimePart.Agent)));
    }

    [Fact]
    public void A_task_that_shares_its_trace_is_explained_by_its_own_spans_alone()
    {
        var script = new Script().Queue(0).Folder().Start(0).Agent(5).Complete(0);
        var given = script.Case();
        var other = script.Span("process anga", "x", null, Script.Begin, Script.Begin.AddSeconds(5), (TelemetryNames.Attributes.TaskId, "T2"), ("error", "true"));
        var call = script.Span("chat claude", "y", "x", Script.Begin, Script.Begin.AddSeconds(5));
        var why = Explanation.Of(given with { Traces = given.Traces with { Items = [.. given.Traces.Items, other, call] } });

        Assert.Equal(5, Seconds(why, TimePart.Agent));
        Assert.Empty(why.Failures);
    }

    [Fact]
    public void What_stands_out_from_enough_peers_is_unusual()
    {
        var given = new Script().Queue(0).Folder(slot: 35).Start(0).Agent(6).Complete(0.2).Case();
        TaskRecord Peer(int i) => given.Task with
        {
            Seq = i,
            StartedAt = Script.Begin.AddSeconds(4 + i % 3),
            FinishedAt = Script.Begin.AddSeconds(12 + i % 4),
        };
        var why = Explanation.Of(given with { Around = new() { Peers = [.. Enumerable.Range(0, 40).Select(Peer)] } });
        var few = Explanation.Of(given with { Around = new() { Peers = [.. Enumerable.Range(0, 19).Select(Peer)] } });

        Assert.Equal(["wall", "wait"], why.Unusual.Select(u => u.Measure));
        var wait = why.Unusual[1];
        Assert.Equal((35, 5, 6, 40), (wait.Seconds, wait.MedianSeconds, wait.P95Seconds, wait.Peers));
        Assert.StartsWith("Took 41.2 s, 3.1 times the usual: 35.0 s of it waiting for marie", why.Headline, StringComparison.Ordinal);
        Assert.Empty(few.Unusual);
        Assert.StartsWith("Took 41.2 s: ", few.Headline, StringComparison.Ordinal);
    }

    [Fact]
    public void What_happened_to_others_meanwhile_coincided()
    {
        var given = new Script().Queue(0).Folder(slot: 7).Start(0).Agent(6).Complete(0).Case();
        TaskEvent Other(string id, string what, double at, string? message = null) =>
            new(0, id, what, "anga", 1, Script.Begin.AddSeconds(at), null, message, null);
        var why = Explanation.Of(given with
        {
            Around = new()
            {
                Ahead = 4,
                Running = [new("A", Script.Begin, Script.Begin.AddSeconds(5))],
                Meanwhile =
                [
                    Other("B", "active", 1), Other("B", "ready", 2), Other("C", "retrying", 3, "lease_expired: anga gave no sign of life"),
                    Other("D", "dead", 4, "broken: It broke."), Other("E", "completed", 4),
                ],
                OrchestratorStart = Script.Begin.AddSeconds(1),
                Instances = [Marie],
            },
        });

        Assert.Equal(["running", "queued", "leases_lost", "retries", "put_back", "orchestrator_started"], why.Coincided.Select(c => c.Kind));
        Assert.Equal(["C"], why.Coincided.Single(c => c.Kind == "leases_lost").Tasks);
        Assert.Contains("busy with 1 other task", why.Headline, StringComparison.Ordinal);
    }

    internal static double Seconds(TaskExplanation why, TimePart part) => Math.Round(why.Parts.Single(p => p.Part == part).Seconds, 3);

    internal static void AssertSum(TaskExplanation why)
    {
        Assert.All(why.Parts, p => Assert.True(p.Seconds >= 0));
        Assert.Equal(why.WallSeconds, why.Parts.Sum(p => p.Seconds), why.WallSeconds * 0.01);
        if (why.WallSeconds > 0)
            Assert.Equal(1, why.Parts.Sum(p => p.Share), 0.01);
    }

    internal static void AssertParts(Script script, TaskExplanation why)
    {
        AssertSum(why);
        foreach (var (part, expected) in script.Expected)
            Assert.True(Math.Abs(expected - Seconds(why, part)) < 0.01, $"{part}: expected {expected}, found {Seconds(why, part)}");
    }
}
