using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Names a project; the build writes one class for each that the AppHost references.</summary>
public interface IProjectMetadata : IResourceAnnotation
{
    /// <summary>The absolute path of its file.</summary>
    string ProjectPath { get; }

    /// <summary>Whether it is a single C# file.</summary>
    bool IsFileBasedApp => string.Equals(Path.GetExtension(ProjectPath), ".cs", StringComparison.OrdinalIgnoreCase);
}

/// <summary>What is taken over of a project's own settings.</summary>
public class ProjectResourceOptions
{
    /// <summary>The launch profile; its first when null.</summary>
    public string? LaunchProfileName { get; set; }

    /// <summary>Whether no profile is used.</summary>
    public bool ExcludeLaunchProfile { get; set; }
}
