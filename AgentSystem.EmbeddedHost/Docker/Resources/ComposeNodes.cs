using Aspire.Hosting.Docker.Resources.ServiceNodes;

namespace Aspire.Hosting.Docker.Resources.ComposeNodes;

/// <summary>A part of the file that others refer to by its name.</summary>
public abstract class NamedComposeMember
{
    public required string Name { get; set; }
}

/// <summary>A network that services are in.</summary>
public sealed class Network : NamedComposeMember
{
    public string? Driver { get; set; }
    public Dictionary<string, string> DriverOpts { get; set; } = [];
    public bool? External { get; set; }
    public Dictionary<string, string> Labels { get; set; } = [];
    public Ipam? Ipam { get; set; }
    public bool? Attachable { get; set; }
    public bool? Ingress { get; set; }
    public bool? Internal { get; set; }
}

/// <summary>A file of settings that services can mount.</summary>
public sealed class Config : NamedComposeMember
{
    public string? File { get; set; }
    public bool? External { get; set; }
    public string? Content { get; set; }
    public Dictionary<string, string> Labels { get; set; } = [];
}

/// <summary>A file with a secret that services can mount.</summary>
public sealed class Secret
{
    public string? Name { get; set; }
    public string? File { get; set; }
    public bool? External { get; set; }
    public Dictionary<string, string> Labels { get; set; } = [];
}

/// <summary>What another service is waited for.</summary>
public sealed class ServiceDependency
{
    /// <summary><c>service_started</c>, <c>service_healthy</c> or <c>service_completed_successfully</c>.</summary>
    public string? Condition { get; set; }
}
