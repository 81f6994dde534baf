namespace AgentSystem.WebConsole.Backends;

/// <summary>A program that the console reads from.</summary>
public enum Backend
{
    /// <summary>Tasks and workers.</summary>
    Orchestrator,
    /// <summary>Metrics and rules.</summary>
    Prometheus,
    /// <summary>Alerts and silences.</summary>
    Alertmanager,
    /// <summary>Incidents.</summary>
    Alerting,
    /// <summary>Traces.</summary>
    Jaeger,
    /// <summary>Logs.</summary>
    Loki,
    /// <summary>Processes: the embedded engine's API of the resources.</summary>
    ResourceService,
}

/// <summary>What is known about a backend whatever it does.</summary>
public static class BackendNames
{
    /// <summary>Its name for people.</summary>
    public static string Title(this Backend backend) => backend switch
    {
        Backend.Orchestrator => "The orchestrator",
        Backend.Alerting => "The alerting service",
        Backend.ResourceService => "The host",
        _ => backend.ToString(),
    };

    /// <summary>The setting that holds its address.</summary>
    public static string Setting(this Backend backend) => backend switch
    {
        Backend.Orchestrator => "services__orchestrator__http__0",
        Backend.Prometheus => "PROMETHEUS_URL",
        Backend.Alertmanager => "ALERTMANAGER_URL",
        Backend.Alerting => "ALERTING_URL",
        Backend.Jaeger => "JAEGER_URL",
        Backend.Loki => "LOKI_URL",
        _ => "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL",
    };
}
