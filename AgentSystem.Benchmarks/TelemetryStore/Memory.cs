using AgentSystem.Benchmarks.Reporting;

namespace AgentSystem.Benchmarks.TelemetryStore;

internal static class Memory
{
    internal static Figure Figure(string name, long bytes) =>
        new(name, bytes / 1e6, "MB") { Target = new(300, IsMinimum: false), Note = "the process's largest resident set (VmHWM)" };
}
