namespace AgentSystem.Tests.Architecture
{
    public sealed class NamespaceGraphTests
    {
        [Fact]
        public void Two_namespaces_that_use_each_other_are_found()
        {
            var cycles = NamespaceGraph.Read(typeof(NamespaceGraphTests).Assembly.Location).Cycles();

            Assert.Contains(cycles, c => c.StartsWith("AgentSystem.Tests.Architecture.CycleA <-> AgentSystem.Tests.Architecture.CycleB", StringComparison.Ordinal));
        }
    }
}

namespace AgentSystem.Tests.Architecture.CycleA
{
    internal static class One
    {
        internal static string Name => nameof(One) + CycleB.Two.Length;
    }
}

namespace AgentSystem.Tests.Architecture.CycleB
{
    internal static class Two
    {
        internal static int Length => CycleA.One.Name.Length;
    }
}
