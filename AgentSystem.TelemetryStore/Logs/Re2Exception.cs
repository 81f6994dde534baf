namespace AgentSystem.TelemetryStore.Logs;

/// <summary>A regular expression that Loki would refuse, or that cannot be evaluated as Loki would.</summary>
public sealed class Re2Exception : FormatException
{
    /// <summary>Says what is wrong, in the words of Go's regular expressions.</summary>
    public Re2Exception(string message)
        : base("error parsing regexp: " + message)
    {
    }

    /// <summary>Says what is wrong and what .NET thinks of it.</summary>
    public Re2Exception(string message, Exception cause)
        : base("error parsing regexp: " + message, cause)
    {
    }

    /// <summary>Without words of its own.</summary>
    public Re2Exception()
    {
    }
}
