namespace AgentSystem.Orchestrator.Journal;

/// <summary>Money as the journal counts it: whole numbers of 10⁻⁹ USD, since a token costs less than a millionth of a dollar.</summary>
internal static class Money
{
    internal const long NanoUsd = 1_000_000_000;

    /// <summary>Rounded up.</summary>
    internal static long FromUsd(decimal usd) => (long)decimal.Ceiling(usd * NanoUsd);

    internal static decimal ToUsd(long amount) => (decimal)amount / NanoUsd;
}
