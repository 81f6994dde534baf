using AgentSystem.Protocol.Api;

namespace AgentSystem.Cli.Terminal;

/// <summary>What a command may touch of the world outside, so that a test can be that world.</summary>
internal sealed class CliHost
{
    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>Opens standard input; only a command that reads it does.</summary>
    public required Func<Stream> OpenInput { get; init; }

    /// <summary>Whether people look at standard output and standard error, rather than a pipe or a file.</summary>
    public bool OutIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    public Func<string, string?> Variable { get; init; } = static _ => null;

    public required string ConnectionPath { get; init; }

    /// <summary>Names this machine to others.</summary>
    public string MachineName { get; init; } = Environment.MachineName;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public static CliHost ForProcess() => new()
    {
        Out = Console.Out,
        Error = Console.Error,
        OpenInput = Console.OpenStandardInput,
        OutIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        Variable = Environment.GetEnvironmentVariable,
        ConnectionPath = ConnectionFile.DefaultPath,
    };
}
