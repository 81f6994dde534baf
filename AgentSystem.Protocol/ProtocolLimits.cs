namespace AgentSystem.Protocol;

/// <summary>The sizes that writers keep to and readers enforce.</summary>
public static class ProtocolLimits
{
    /// <summary>Version written to, and understood in, task files, result files and status lines.</summary>
    public const int Version = 1;

    /// <summary>A status line with its newline, in bytes: PIPE_BUF on Linux, below which concurrent writers never interleave.</summary>
    public const int StatusLineBytes = 4096;

    /// <summary>A task file, in bytes. Work larger than this belongs in a file that the payload names.</summary>
    public const int TaskFileBytes = 1 << 20;

    /// <summary>A result file, in bytes.</summary>
    public const int ResultFileBytes = 16 << 20;

    /// <summary>Tasks in one submission.</summary>
    public const int BatchSize = 10_000;
}
