using System.Runtime.CompilerServices;
using AgentSystem.Tests.EndToEnd;

namespace AgentSystem.Tests.WebConsole.Dashboards;

/// <summary>Tasks of several types for every worker, some of which fail first, so that there is something to look at.</summary>
internal static class SomeWork
{
    private static readonly ConditionalWeakTable<RunningSystem, Task> Done = [];

    /// <summary>Has it done once for all tests that share the system.</summary>
    internal static Task DoneAsync(RunningSystem system) => Done.GetValue(system, DoAsync);

    private static async Task DoAsync(RunningSystem system)
    {
        foreach (var worker in RunningSystem.Workers)
        {
            await system.SubmitAsync(new { type = "document_analysis", worker, priority = "high", payload = new { text = "Something to look at." } });
            await system.SubmitAsync(new { type = "sleep", worker, payload = new { seconds = 0.3 } });
            await system.SubmitAsync(new { type = "fail", worker, payload = new { error = "on_purpose", until_attempt = 2 } });
        }
        await system.UntilSettledAsync(TimeSpan.FromSeconds(90));
    }
}
