using System.Reflection;

namespace AgentSystem.Tests.Hosting;

/// <summary>A test that starts processes: with Aspire, that takes its orchestrator, which may not be there where only the model is tested.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RunFactAttribute : FactAttribute
{
    public RunFactAttribute() => Skip = Orchestrator.IsMissing;
}

/// <inheritdoc cref="RunFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RunTheoryAttribute : TheoryAttribute
{
    public RunTheoryAttribute() => Skip = Orchestrator.IsMissing;
}

internal static class Orchestrator
{
    /// <summary>What is missing; null when everything is there. Aspire leaves the path in the AppHost's assembly, the embedded engine needs none.</summary>
    public static string? IsMissing { get; } =
        typeof(Projects.AgentSystem_AppHost).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(metadata => metadata.Key == "dcpclipath")?.Value is { } path && !File.Exists(path)
            ? $"Aspire's orchestrator is not installed at {path}."
            : null;
}
