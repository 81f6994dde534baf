using System.Diagnostics;
using AgentSystem.Benchmarks.Processes;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.Benchmarks;

public sealed class CoresTests
{
    [Fact]
    public async Task Who_was_started_by_somebody_who_was_started_is_found()
    {
        using var parent = Process.Start("sh", ["-c", "sleep 60 & wait"]);
        try
        {
            await Eventually.True(() => Cores.Descendants(parent.Id).Any());

            Assert.Contains(parent.Id, Cores.Descendants(Environment.ProcessId));
            Assert.Subset(Cores.Descendants(Environment.ProcessId).ToHashSet(), Cores.Descendants(parent.Id).ToHashSet());
        }
        finally
        {
            parent.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public void The_cores_that_may_be_used_are_known() => Assert.True(Cores.Allowed().Distinct().Count() >= Environment.ProcessorCount);
}
