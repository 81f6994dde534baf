using System.Text;
using System.Text.Json;
using AgentSystem.Cli;
using AgentSystem.Cli.Terminal;

namespace AgentSystem.Tests.Cli;

/// <summary>One run of agentctl inside the test, and what came of it.</summary>
internal sealed record CliRun(int ExitCode, string Out, string Error)
{
    /// <summary>Standard output as the one JSON document that it has to be.</summary>
    public JsonElement Json => JsonDocument.Parse(Out).RootElement;

    /// <summary>Standard output as JSON lines.</summary>
    public IReadOnlyList<JsonElement> JsonLines =>
        [.. Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    public static Task<CliRun> AgainstAsync(FakeOrchestrator server, params string[] args) => AgainstAsync(server, "", args);

    public static Task<CliRun> AgainstAsync(FakeOrchestrator server, string input, string[] args) =>
        InvokeAsync([.. args, "--url", server.Url, "--api-key", FakeOrchestrator.ApiKey], Encoding.UTF8.GetBytes(input));

    public static async Task<CliRun> InvokeAsync(
        string[] args, byte[]? input = null, string? connectionPath = null, IReadOnlyDictionary<string, string>? variables = null,
        bool terminal = false, TextWriter? output = null, CancellationToken cancellationToken = default)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(TimeSpan.FromSeconds(60));
        var standardOutput = output ?? new StringWriter();
        var standardError = new StringWriter();
        var host = new CliHost
        {
            Out = TextWriter.Synchronized(standardOutput),
            Error = TextWriter.Synchronized(standardError),
            OpenInput = () => new MemoryStream(input ?? []),
            OutIsTerminal = terminal,
            ErrorIsTerminal = terminal,
            Variable = name => variables?.GetValueOrDefault(name),
            ConnectionPath = connectionPath ?? "/nonexistent/connection.json",
        };
        var exitCode = await AgentCtl.RunAsync(args, host, bound.Token);
        return new(exitCode, standardOutput.ToString()!, standardError.ToString()!);
    }
}
