namespace Aspire.Hosting.Docker.Resources.ServiceNodes.Swarm;

/// <summary>How many containers a service has, and what each may use.</summary>
public sealed class Deploy
{
    public int? Replicas { get; set; }
    public string? Mode { get; set; }
    public Resources? Resources { get; set; }
    public RestartPolicy? RestartPolicy { get; set; }
    public Placement? Placement { get; set; }
    public LabelSpecs? Labels { get; set; }
    public UpdateConfig? UpdateConfig { get; set; }
}

/// <summary>What a container may use at most, and what is kept for it.</summary>
public sealed class Resources
{
    public ResourceSpec? Limits { get; set; }
    public ResourceSpec? Reservations { get; set; }
}

/// <summary>An amount of processors and memory, such as <c>0.5</c> and <c>512M</c>.</summary>
public sealed class ResourceSpec
{
    public string? Cpus { get; set; }
    public string? Memory { get; set; }
}

/// <summary>When a container that has ended is started again.</summary>
public sealed class RestartPolicy
{
    /// <summary><c>none</c>, <c>on-failure</c> or <c>any</c>.</summary>
    public string? Condition { get; set; }

    public string? Delay { get; set; }
    public int? MaxAttempts { get; set; }
    public string? Window { get; set; }
}

/// <summary>Which machines a service's containers may be on.</summary>
public sealed class Placement
{
    public List<string>? Constraints { get; set; }
    public List<Dictionary<string, string>>? Preferences { get; set; }
}

/// <summary>Labels of the service, not of its containers.</summary>
public sealed class LabelSpecs : Dictionary<string, string>;

/// <summary>How containers are replaced by new ones.</summary>
public sealed class UpdateConfig
{
    public int? Parallelism { get; set; }
    public string? Delay { get; set; }
    public string? FailureAction { get; set; }
    public string? Monitor { get; set; }
    public string? MaxFailureRatio { get; set; }
    public string? Order { get; set; }
}
