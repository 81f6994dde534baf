namespace AgentSystem.Cli.Terminal;

/// <summary>How a run ends. Scripts rely on these numbers: they are never reused.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int TaskFailed = 1;
    public const int Usage = 2;
    public const int NotReachable = 3;
    public const int NotAuthorised = 4;
    public const int NotFound = 5;
    public const int Refused = 6;
    public const int ServerFault = 7;
    public const int TimedOut = 8;
    public const int Interrupted = 130;

    /// <summary>Every code with its meaning, for <c>--help</c>.</summary>
    public static IReadOnlyList<(int Code, string Meaning)> All { get; } =
    [
        (Ok, "done"),
        (TaskFailed, "a task that was waited for ended dead or cancelled"),
        (Usage, "the command line or its input is wrong"),
        (NotReachable, "no running system was found, or it cannot be reached"),
        (NotAuthorised, "the API key is missing or wrong"),
        (NotFound, "there is no such task, incident or fault"),
        (Refused, "the server refused the request (invalid, conflict, queue full, not enabled)"),
        (ServerFault, "the server failed, or its answer was not understood"),
        (TimedOut, "--timeout has passed"),
        (Interrupted, "interrupted (Ctrl-C)"),
    ];
}
