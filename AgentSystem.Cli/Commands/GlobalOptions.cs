using System.CommandLine;
using AgentSystem.Cli.Api;
using AgentSystem.Cli.Terminal;

namespace AgentSystem.Cli.Commands;

/// <summary>The options that every command takes.</summary>
internal sealed class GlobalOptions
{
    private readonly Option<string?> _url = new("--url")
    {
        Description = $"Address of the orchestrator; else {Connection.UrlVariable}, else the system that runs on this machine.",
        HelpName = "address",
        Recursive = true,
    };

    private readonly Option<string?> _apiKey = new("--api-key")
    {
        Description = $"The API key; better in {Connection.ApiKeyVariable}, since other users can see a command line.",
        HelpName = "key",
        Recursive = true,
    };

    private readonly Option<bool> _json = new("--json")
    {
        Description = "Write JSON to standard output, and nothing else.",
        Recursive = true,
    };

    public void AddTo(RootCommand root)
    {
        root.Options.Add(_url);
        root.Options.Add(_apiKey);
        root.Options.Add(_json);
    }

    /// <summary>Only the commands about alerts have it; the others talk to the orchestrator.</summary>
    public Option<string?> AlertingUrl { get; } = new("--alerting-url")
    {
        Description = $"Address of the alerting service; else {Connection.AlertingUrlVariable}, else the system that runs on this machine.",
        HelpName = "address",
        Recursive = true,
    };

    public Output OpenOutput(CliHost host, ParseResult parsed) => new(host, parsed.GetValue(_json));

    /// <exception cref="CliException">No system was found.</exception>
    public ApiClient Connect(CliHost host, ParseResult parsed) =>
        new(Connection.Find(host, parsed.GetValue(_url), parsed.GetValue(_apiKey)), host.Time);

    /// <exception cref="CliException">No system was found.</exception>
    public ApiClient ConnectToAlerting(CliHost host, ParseResult parsed) =>
        new(Connection.FindAlerting(host, parsed.GetValue(AlertingUrl), parsed.GetValue(_apiKey)), host.Time);
}
