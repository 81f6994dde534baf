using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace AgentSystem.Tests.AppHost;

/// <summary>The model as AppHost.cs describes it for publishing.</summary>
internal static class PublishedModel
{
    public static async Task<IReadOnlyList<IResource>> ReadAsync(params string[] arguments)
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AgentSystem_AppHost>(
            ["--publisher", "manifest", "--output-path", Path.Combine(Path.GetTempPath(), "never-written.json"), .. arguments]);
        return [.. builder.Resources];
    }
}
