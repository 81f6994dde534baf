using System.CommandLine;
using AgentSystem.Benchmarks.TelemetryStore;

var root = new RootCommand("Measures what the system promises. The exit code is 1 when a target is missed.") { TelemetryStoreCommand.Build() };
return await root.Parse(args).InvokeAsync();
