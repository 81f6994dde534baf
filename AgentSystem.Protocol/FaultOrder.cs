namespace AgentSystem.Protocol;

/// <summary>
/// The content of <c>chaos/&lt;id&gt;.json</c>: a fault that is to be there until a time, and no longer, whoever dies meanwhile. The orchestrator
/// writes it, and takes it away when the fault is ended before.
/// </summary>
/// <param name="Id">Its id, which is the file's name.</param>
/// <param name="Fault">Which fault: a name of <see cref="FaultCatalog"/>.</param>
/// <param name="Worker">The worker that it is done to; null for all of them, or where it is done to something else.</param>
/// <param name="Until">When it is over (UTC), by the clock of the machine.</param>
/// <param name="Parameters">Values for all parameters of the fault, by name.</param>
public sealed record FaultOrder(
    string Id, string Fault, string? Worker, DateTimeOffset Until, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>More is never written: an order is a few lines.</summary>
    public const int MaxBytes = 16 * 1024;

    /// <summary>A parameter that is a number. The orchestrator has checked it against the catalog.</summary>
    /// <exception cref="KeyNotFoundException">The fault has no such parameter.</exception>
    public double Number(string parameter) => double.Parse(Parameters[parameter], System.Globalization.CultureInfo.InvariantCulture);
}
