namespace Aspire.Hosting;

/// <summary>How an application's builder is made.</summary>
public sealed class DistributedApplicationOptions
{
    /// <summary>The command line.</summary>
    public string[]? Args { get; set; }

    /// <summary>The AppHost's assembly; the one that was started when null.</summary>
    public string? AssemblyName { get; set; }

    /// <summary>This engine has no dashboard.</summary>
    public bool DisableDashboard { get; set; }

    /// <summary>The AppHost's folder, which relative paths begin at.</summary>
    public string? ProjectDirectory { get; set; }

    /// <summary>Whether telemetry may travel without TLS; this engine does not ask.</summary>
    public bool AllowUnsecuredTransport { get; set; }

    /// <summary>Whether resources' output is also logged by the AppHost.</summary>
    public bool EnableResourceLogging { get; set; }
}
