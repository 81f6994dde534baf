using AgentSystem.Cli;
using AgentSystem.Cli.Terminal;

return await AgentCtl.RunAsync(args, CliHost.ForProcess());
