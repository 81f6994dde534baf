using System.CommandLine;
using AgentSystem.Benchmarks.Chaos;
using AgentSystem.Benchmarks.TelemetryStore;
using AgentSystem.Benchmarks.WebConsole;

var root = new RootCommand("Measures what the system promises. The exit code is 1 when a target is missed.")
{
    TelemetryStoreCommand.Build(),
    ConsoleCommand.Build(),
    ChaosCommand.Build(),
};
return await root.Parse(args).InvokeAsync();
