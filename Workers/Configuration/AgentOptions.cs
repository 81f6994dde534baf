using System.ComponentModel.DataAnnotations;

namespace AgentSystem.Workers.Configuration;

/// <summary>What agents may touch: section <c>Agents</c>.</summary>
public sealed class AgentOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Agents";

    /// <summary>
    /// Folders that a payload's path may lie in, separated by <see cref="Path.PathSeparator"/>. Empty: no path is allowed.
    /// </summary>
    public string AllowedRoots { get; set; } = "";

    /// <summary>Largest document that is read, in bytes.</summary>
    [Range(1, 256 << 20, ErrorMessage = "Agents:MaxDocumentBytes must lie between 1 and 256 MiB.")]
    public int MaxDocumentBytes { get; set; } = 4 << 20;
}
