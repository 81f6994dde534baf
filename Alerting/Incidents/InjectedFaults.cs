using AgentSystem.Protocol.Api;
using AgentSystem.ServiceDefaults.Chaos;

namespace AgentSystem.Alerting.Incidents;

/// <summary>
/// Which faults were injected on purpose, as the orchestrator tells: nobody shall look for the cause of what somebody did deliberately. Where
/// that is not enabled, or the orchestrator does not answer, incidents are explained without.
/// </summary>
public sealed class InjectedFaults(IHttpClientFactory clients, IConfiguration configuration, TimeProvider time, ILogger<InjectedFaults> logger)
{
    /// <summary>Name of the client, and of the variable that has the orchestrator's address.</summary>
    internal const string Client = "injected-faults", AddressVariable = "ORCHESTRATOR_URL";

    // An incident must not wait for this. That several alerts ask at once is no reason to ask several times.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3), Freshness = TimeSpan.FromMilliseconds(500), Pause = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private Task _asking = Task.CompletedTask;
    private long? _askedAt;
    private bool _isDown;

    /// <summary>Those that were last heard of, newest first.</summary>
    internal IReadOnlyList<InjectedFault> Known { get; private set; } = [];

    /// <summary>Asks again, or waits for the answer to a question that was asked just now.</summary>
    internal Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (!configuration.IsChaosEnabled() || configuration[AddressVariable] is not { Length: > 0 } address)
            return Task.CompletedTask;
        lock (_gate)
        {
            if (_askedAt is not { } last || time.GetElapsedTime(last) >= (_isDown ? Pause : Freshness))
            {
                _askedAt = time.GetTimestamp();
                _asking = AskAsync(address);
            }
            return _asking.WaitAsync(cancellationToken);
        }
    }

    private async Task AskAsync(string address)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        try
        {
            using var client = clients.CreateClient(Client);
            var list = await client.GetFromJsonAsync(new Uri($"{address.TrimEnd('/')}/chaos?all=true"), ApiJson.Default.FaultList, limit.Token);
            Known = list?.Faults ?? [];
            _isDown = false;
        }
        // The client's resilience has exceptions of its own; whatever it is, there is no answer, and what was known stays known.
        catch (Exception e)
        {
            if (!_isDown)
                logger.FaultsUnknown(address, e.Message);
            _isDown = true;
        }
    }
}
