using AgentSystem.Protocol.Api;

namespace AgentSystem.Benchmarks.Chaos;

/// <summary>Tries one fault: injects it as people do, waits for what it should lead to, ends it, and waits until all is as before.</summary>
internal sealed class TrialRun(ChaosSystem system, Trial trial, TextWriter progress)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6), Settling = TimeSpan.FromSeconds(15);

    private readonly Outcome _outcome = new(trial);
    private readonly HashSet<RaisedAlert> _seen = [];
    private DateTimeOffset _began;

    /// <summary>Whether it goes on until all is as before; what comes last need not.</summary>
    internal bool WaitsUntilQuiet { get; init; } = true;

    internal async Task<Outcome> RunAsync(CancellationToken cancellation)
    {
        if (await Poll.WithinAsync(Patience, () => IsPastAsync(cancellation), cancellation) is null)
        {
            RaisedAlert[] raised = [.. await system.FiringAsync(cancellation), .. await system.PendingAsync(cancellation)];
            _outcome.Broken.Add($"It was not quiet before: {string.Join(", ", raised.Select(alert => alert.Name))}");
            return _outcome;
        }
        _seen.Clear();
        _began = DateTimeOffset.UtcNow;
        progress.WriteLine($"{_began:HH:mm:ss} {trial.Title} {trial.Worker}");
        await using var agentctl = system.RunAgentCtl(
            ["chaos", trial.Fault, "--for", "10m", .. trial.Worker is { } worker ? (string[])["--worker", worker] : [], .. trial.Options]);
        if (await ThereAsync(agentctl, cancellation) is not { } fault)
        {
            _outcome.Broken.Add($"It was refused: {(await agentctl.WaitAsync()).Said.Trim()}");
            return _outcome;
        }
        await Load.BurstAsync(system, trial.Worker ?? "", trial.Burst, cancellation);

        var isRaised = await Poll.WithinAsync(Patience, async () => (await LookAsync(cancellation)).Count(Tells) >= Expected, cancellation) is not null;
        _outcome.ToFiring = isRaised ? DateTimeOffset.UtcNow - fault.StartedAt : null;
        if (isRaised && await Poll.WithinAsync(Patience, async () => (await IncidentAsync(cancellation)) is not null, cancellation) is not null)
            _outcome.ToIncident = DateTimeOffset.UtcNow - fault.StartedAt;
        progress.WriteLine($"         firing after {_outcome.ToFiring?.TotalSeconds:0.0} s, an incident after {_outcome.ToIncident?.TotalSeconds:0.0} s");
        await ExplainAsync(cancellation);
        // What follows from it comes later.
        await Poll.WithinAsync(trial.Goes, async () => (await LookAsync(cancellation)).Count < 0, cancellation);

        var (exitCode, said) = trial.KillsAgentCtl ? await agentctl.KillAsync() : await agentctl.InterruptAsync();
        if (!trial.KillsAgentCtl && exitCode != 130)
            _outcome.Broken.Add($"agentctl ended with {exitCode}: {said.Trim()}");
        await EndAsync(fault, cancellation);
        Judge();
        progress.WriteLine($"         quiet after {_outcome.ToQuiet?.TotalSeconds:0.0} s; also {string.Join(", ", _outcome.Also)}; {string.Join("; ", _outcome.Broken)}");
        return _outcome;
    }

    // Of a fault of all workers each has to be told of.
    private int Expected => trial is { Worker: null, Kind.Target: Protocol.FaultTarget.Worker } ? ChaosSystem.Workers.Count : 1;

    private bool Tells(RaisedAlert alert) => alert.Name == trial.Kind.Raises && (trial.Worker is null || alert.Worker is null || alert.Worker == trial.Worker);

    private async Task<InjectedFault?> ThereAsync(AgentCtl agentctl, CancellationToken cancellation)
    {
        InjectedFault? fault = null;
        await Poll.UntilAsync(async () => (fault = (await system.FaultsAsync(all: false, cancellation)).Faults is [var first, ..] ? first : null) is not null || agentctl.HasExited, cancellation);
        return fault;
    }

    private async Task<IReadOnlyList<RaisedAlert>> LookAsync(CancellationToken cancellation)
    {
        var firing = await system.FiringAsync(cancellation);
        _seen.UnionWith(firing);
        return firing;
    }

    private async Task<bool> IsQuietAsync(CancellationToken cancellation) =>
        (await LookAsync(cancellation)).Count == 0 && (await system.IncidentsAsync(cancellation)).All(incident => !incident.State.IsActive());

    // No fault is to open the incident of the one before it again, nor to be blamed for what is about to fire.
    private async Task<bool> IsPastAsync(CancellationToken cancellation) => await IsQuietAsync(cancellation)
        && (await system.PendingAsync(cancellation)).Count == 0
        && (await system.IncidentsAsync(cancellation)).All(incident => incident.ResolvedAt is not { } at || DateTimeOffset.UtcNow - at > system.ReopenWindow);

    private async Task<IReadOnlyList<Incident>> NewIncidentsAsync(CancellationToken cancellation) =>
        [.. (await system.IncidentsAsync(cancellation)).Where(incident =>
            incident.State != IncidentState.Merged && incident.Alerts.Any(alert => alert.StartsAt >= _began))];

    /// <summary>The incident that has the alert, of each worker that it is expected of.</summary>
    private async Task<Incident?> IncidentAsync(CancellationToken cancellation) => (await NewIncidentsAsync(cancellation))
        .FirstOrDefault(incident => incident.Alerts.Count(alert =>
            Tells(new(alert.Name, alert.Labels.GetValueOrDefault("worker")))) >= Expected);

    private async Task ExplainAsync(CancellationToken cancellation)
    {
        if (await IncidentAsync(cancellation) is not { Cause: { } cause })
        {
            _outcome.Broken.Add($"No incident has {trial.Kind.Raises}{(Expected > 1 ? $" of {Expected} workers" : "")}");
            return;
        }
        _outcome.Cause = cause.Text;
        if (!cause.Text.StartsWith($"The fault {trial.Fault}, ", StringComparison.Ordinal))
            _outcome.Broken.Add($"The incident does not name the fault: {cause.Text}");
        const string Without = "Without that knowledge: ";
        _outcome.WithoutKnowledge = cause.Reasons.FirstOrDefault(reason => reason.StartsWith(Without, StringComparison.Ordinal))?[Without.Length..] ?? "";
        // An alert that this fault raises, of this worker. Of several workers none is the cause; what they have in common is told.
        var named = _outcome.WithoutKnowledge.Split(". ")[0];
        var isRight = Expected > 1
            ? _outcome.WithoutKnowledge.Contains($"{trial.Kind.Raises} fires for", StringComparison.Ordinal)
            : trial.Kind.MayRaise(named.Split(' ')[0].TrimEnd('.')) && named.Contains(trial.Worker ?? "", StringComparison.Ordinal);
        if (!isRight)
            _outcome.Broken.Add($"Without that knowledge the alert is not named as the cause: {_outcome.WithoutKnowledge}");
    }

    private async Task EndAsync(InjectedFault fault, CancellationToken cancellation)
    {
        InjectedFault? ended = null;
        await Poll.WithinAsync(
            Patience, async () => (ended = (await system.FaultsAsync(all: true, cancellation)).Faults.First(f => f.Id == fault.Id)).EndedAt is not null, cancellation);
        var expected = trial.KillsAgentCtl ? FaultEnd.LeaseLost : FaultEnd.Stopped;
        if (ended?.Ended != expected)
            _outcome.Broken.Add($"It ended as {ended?.Ended?.ToName() ?? "nothing"} instead of {expected.ToName()}");
        _outcome.ToQuiet = WaitsUntilQuiet ? await Poll.WithinAsync(Patience, () => IsQuietAsync(cancellation), cancellation) : null;
        if (WaitsUntilQuiet && _outcome.ToQuiet is null)
            _outcome.Broken.Add($"Not over: {string.Join(", ", (await system.FiringAsync(cancellation)).Select(alert => alert.Name))}");

        // Whoever is told hears of it a moment later than the incident does.
        await Poll.WithinAsync(Settling, () => Task.FromResult(Sent(isFiring: true) >= Expected && (!WaitsUntilQuiet || Sent(isFiring: false) >= Sent(isFiring: true))), cancellation);
        var (all, incidents) = (await system.IncidentsAsync(cancellation), await NewIncidentsAsync(cancellation));
        _outcome.Incidents = incidents.Count;
        foreach (var incident in incidents.Where(incident => incident.Alerts.Any(alert => alert.Severity == AlertSeverity.Critical)))
            _outcome.Openings += 1 + (await system.IncidentAsync(incident.Id, cancellation)).Timeline.Count(entry => entry.Event == "reopened");
        var pages = system.Told.Pages.Where(page => page.At >= _began).ToList();
        _outcome.Pages = pages.Count;
        _outcome.Alone = (Sent(isFiring: true), Sent(isFiring: false));
        foreach (var page in pages.Where(page => !incidents.Any(i => page.Key.EndsWith(i.Id, StringComparison.Ordinal) && i.Cause!.Text.Contains(trial.Fault, StringComparison.Ordinal))))
            _outcome.Broken.Add($"A page that has nothing to do with it: {page.Key}, {Describe(all.FirstOrDefault(i => page.Key.EndsWith(i.Id, StringComparison.Ordinal)))}");
    }

    private static string Describe(Incident? incident) =>
        incident is null ? "of no incident" : $"{incident.State} with {string.Join(", ", incident.Alerts.Select(alert => alert.Name))}: {incident.Cause?.Text}";

    private int Sent(bool isFiring) => system.Told.Alone.Count(sent => sent.At >= _began && sent.IsFiring == isFiring);

    private void Judge()
    {
        _outcome.Also.UnionWith(_seen.Select(alert => alert.Name).Where(name => name != trial.Kind.Raises));
        if (_outcome.ToFiring is null)
            _outcome.Broken.Add($"{trial.Kind.Raises} did not fire");
        foreach (var alert in _seen.Where(alert => !trial.Kind.MayRaise(alert.Name) || trial.Worker is { } worker && alert.Worker is { } other && other != worker))
            _outcome.Broken.Add($"{alert.Name} of {alert.Worker ?? "-"} has nothing to do with it");
        // Of what is over before Alertmanager tells of it nobody is told; what comes and goes, as in a crash loop, opens its incident again.
        if (_outcome.Pages > _outcome.Openings || (_outcome.Pages == 0 && _outcome.Openings > 0))
            _outcome.Broken.Add($"{_outcome.Pages} pages of an incident that was opened {_outcome.Openings} times");
        if (Expected > 1 && (_outcome.Incidents, _outcome.Pages) != (1, 1))
            _outcome.Broken.Add($"{_outcome.Incidents} incidents and {_outcome.Pages} pages instead of one");
    }
}
