using CsCheck;

namespace AgentSystem.Tests.WebConsole.Dashboards;

internal static class AnyOf
{
    /// <summary>Generates one of these.</summary>
    internal static Gen<T> These<T>(params T[] items) => Gen.Int[0, items.Length - 1].Select(i => items[i]);
}
