using AgentSystem.Cli.Api;
using AgentSystem.Cli.Terminal;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Cli.Chaos;

/// <summary>
/// Injects a fault and holds it until its time is over or somebody interrupts: it renews a short lease, so that the fault ends by itself when
/// nobody holds it any more, however this process ends.
/// </summary>
internal sealed class FaultHolder(ApiClient api, TimeProvider time, Output output)
{
    /// <summary>How long a fault outlives whoever held it.</summary>
    internal static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(2), LastLook = TimeSpan.FromMilliseconds(100);

    /// <summary>The fault as it was at its end.</summary>
    /// <exception cref="CliException">It was refused.</exception>
    internal async Task<InjectedFault> HoldAsync(FaultRequest request, CancellationToken cancellationToken)
    {
        // Not to be cancelled: who does not know the fault's id cannot undo it.
        var fault = await api.InjectAsync(request with { LeaseSeconds = Lease.TotalSeconds }, CancellationToken.None);
        output.Note($"{fault.Fault} is there ({fault.Id}), for {Format.Duration(fault.Until - fault.StartedAt)} at most; Ctrl-C undoes it.");
        try
        {
            await RenewAsync(fault, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        // Whoever is interrupted still undoes what they did.
        var ended = await api.EndFaultAsync(fault.Id, request.By ?? "", CancellationToken.None);
        output.Note($"{fault.Fault} is over ({ended.Ended?.ToName()}).");
        return ended;
    }

    private async Task RenewAsync(InjectedFault fault, CancellationToken cancellationToken)
    {
        // By how long it lasts, not by when it ends: the other's clock may differ. The end itself is the other's to say.
        var began = time.GetTimestamp();
        while (fault.Until - fault.StartedAt - time.GetElapsedTime(began) is var left && left > -Lease)
        {
            await Task.Delay(left < LastLook ? LastLook : left < Renewal ? left : Renewal, time, cancellationToken);
            try
            {
                await api.RenewFaultAsync(fault.Id, cancellationToken);
            }
            catch (ApiException e) when (e.Status == System.Net.HttpStatusCode.NotFound)
            {
                return; // it is over already
            }
            catch (CliException e) when (e.ExitCode is ExitCode.NotReachable or ExitCode.ServerFault)
            {
                // The fault may be the reason. As long as the lease holds, another try may succeed.
                output.Note($"not renewed: {e.Message}");
            }
        }
    }
}
