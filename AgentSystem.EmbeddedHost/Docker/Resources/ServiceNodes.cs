using Aspire.Hosting.Docker.Resources.ComposeNodes;

namespace Aspire.Hosting.Docker.Resources.ServiceNodes;

/// <summary>How a service's image is built.</summary>
public sealed class Build
{
    public string? Context { get; set; }
    public string? Dockerfile { get; set; }
    public Dictionary<string, string> Args { get; set; } = [];
    public string? Target { get; set; }
    public List<string> CacheFrom { get; set; } = [];
    public Dictionary<string, string> Labels { get; set; } = [];
}

/// <summary>How the container engine finds out whether a service is healthy.</summary>
public sealed class Healthcheck
{
    public List<string> Test { get; set; } = [];
    public required string Interval { get; set; }
    public required string Timeout { get; set; }
    public int? Retries { get; set; }
    public required string StartPeriod { get; set; }
}

/// <summary>A volume of the file, or one that a service mounts.</summary>
public sealed class Volume : NamedComposeMember
{
    /// <summary><c>bind</c> or <c>volume</c>.</summary>
    public string? Type { get; set; }

    public string? Source { get; set; }
    public string? Target { get; set; }
    public bool? ReadOnly { get; set; }
    public string? Driver { get; set; }
    public Dictionary<string, string> DriverOpts { get; set; } = [];
    public bool? External { get; set; }
    public Dictionary<string, string> Labels { get; set; } = [];
}

/// <summary>A file of settings as a service mounts it.</summary>
public sealed class ConfigReference
{
    public string? Source { get; set; }
    public string? Target { get; set; }
    public string? Uid { get; set; }
    public string? Gid { get; set; }
    public UnixFileMode? Mode { get; set; }
}

/// <summary>A secret as a service mounts it.</summary>
public sealed class SecretReference
{
    public string? Source { get; set; }
    public string? Target { get; set; }
    public int? Uid { get; set; }
    public int? Gid { get; set; }
    public int? Mode { get; set; }
}

/// <summary>Where a service's output goes.</summary>
public sealed class Logging
{
    public string? Driver { get; set; }
    public Dictionary<string, string> Options { get; set; } = [];
}

/// <summary>A limit of the kernel's for a service.</summary>
public sealed class Ulimit
{
    public int? Soft { get; set; }
    public int? Hard { get; set; }
}

/// <summary>How a network gives out its addresses.</summary>
public sealed class Ipam
{
    public string? Driver { get; set; }
    public List<Dictionary<string, string>> Config { get; set; } = [];
    public Dictionary<string, string> Options { get; set; } = [];
}
