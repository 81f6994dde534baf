using AgentSystem.Alerting.Incidents;
using AgentSystem.Protocol.Api;
using static AgentSystem.Tests.Alerting.Incidents.SomeAlerts;

namespace AgentSystem.Tests.Alerting.Incidents;

public sealed class FaultCauseTests
{
    [Fact]
    public void What_was_injected_is_the_cause_and_what_the_alerts_say_stays_among_the_reasons()
    {
        var cause = RootCause.Find([Alert("PipeSilent", "marie", "warning", at: 40), Alert("NamedPipeErrors", "marie", "warning", at: 30)], [], [Fault("full-pipe", "marie", from: 0)]);

        Assert.Equal(
            ("The fault full-pipe, injected into the worker marie", "worker/marie", Fingerprint("NamedPipeErrors", "marie")),
            (cause.Text, cause.Component, cause.Fingerprint));
        Assert.Equal(
            [
                "Injected on purpose by ann@laptop with agentctl at 2026-11-23 19:28:39 UTC, 30 s before it began.",
                "NamedPipeErrors is what this fault raises.",
                "Without that knowledge: NamedPipeErrors of the worker marie. It began first, 10 s before PipeSilent.",
            ],
            cause.Reasons);
    }

    [Theory]
    [InlineData("worker-down", "anga", 0d, null)] // another worker
    [InlineData("clock-skew", "marie", 0d, null)] // does not raise it
    [InlineData("worker-down", "marie", 45d, null)] // later
    [InlineData("worker-down", "marie", -2000d, -1000d)] // long over
    public void What_does_not_fit_is_not_the_cause(string fault, string worker, double from, double? to)
    {
        var cause = RootCause.Find([Alert("WorkerDown", "marie", at: 30)], [], [Fault(fault, worker, from, to)]);

        Assert.Equal("WorkerDown of the worker marie", cause.Text);
    }

    [Theory]
    [InlineData("full-disk", "DiskSpaceCritical", null, null)]
    [InlineData("claude-errors", "ClaudeAPIFailures", null, null)]
    [InlineData("telemetry-away", "TelemetryLost", null, "telemetry-store")]
    [InlineData("telemetry-away", "ScrapeFailing", null, "telemetry-store")]
    [InlineData("telemetry-away", "TelemetryMissing", null, null)]
    [InlineData("memory-hog", "ProcessMemoryHigh", "marie", "workers")]
    public void Faults_of_every_part_are_recognised_by_its_alerts(string fault, string alert, string? worker, string? job) =>
        Assert.StartsWith($"The fault {fault}, injected into", RootCause.Find([Alert(alert, worker, at: 5, job: job)], [], [Fault(fault, null, from: 0)]).Text, StringComparison.Ordinal);

    [Fact]
    public void Of_several_the_one_that_is_still_there_and_began_last_is_taken()
    {
        var faults = new[] { Fault("slow-agent", "marie", -100, -50), Fault("worker-down", "marie", -90, -60), Fault("worker-down", null, -10) };

        Assert.Equal("The fault worker-down, injected into all workers", RootCause.Find([Alert("WorkerDown", "marie")], [], faults).Text);
    }

    [Fact]
    public void A_storm_that_was_injected_is_no_suspicion_against_what_all_workers_share()
    {
        var cause = RootCause.Find([Alert("WorkerDown", "marie"), Alert("WorkerDown", "anga", at: 3), Alert("WorkerDown", "fabien", at: 5)], [], [Fault("worker-down", null, from: -5)]);

        Assert.Equal(("The fault worker-down, injected into all workers", (string?)null), (cause.Text, cause.Fingerprint));
        Assert.Contains("Something that 3 parts share", cause.Reasons[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_before_an_incident_was_opened_again_has_no_say()
    {
        var before = Alert("WorkerCrashLooping", "marie", "warning", at: -300) with { Phase = AlertPhase.Resolved };
        var faults = new[] { Fault("crash-loop", "marie", -310, -250), Fault("worker-down", null, -10) };

        Assert.Equal("The fault worker-down, injected into all workers", RootCause.Find([before, Alert("WorkerDown", "marie")], [], faults).Text);
    }

    [Fact]
    public void The_aftermath_of_another_fault_does_not_take_what_is_left_of_an_incident_from_the_one_that_was_there()
    {
        var alerts = new[]
        {
            Alert("ClaudeAPIFailures", null, at: 5) with { Phase = AlertPhase.Resolved },
            Alert("HighErrorRate", "anga", "warning", at: 10) with { Phase = AlertPhase.Suppressed },
        };
        var faults = new[] { Fault("failing-agent", "anga", -300, -200), Fault("claude-errors", null, from: 0, to: 60) };

        Assert.Equal("The fault claude-errors, injected into all workers", RootCause.Find(alerts, [], faults).Text);
    }

    private static InjectedFault Fault(string name, string? worker, double from, double? to = null) => new()
    {
        Id = $"{name}-{worker}",
        Fault = name,
        Worker = worker,
        Parameters = new Dictionary<string, string>(),
        By = "ann@laptop with agentctl",
        StartedAt = At(from),
        Until = At(from + 600),
        EndedAt = to is { } end ? At(end) : null,
    };
}
