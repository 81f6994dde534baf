using System.Reflection;
using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("AgentSystem.Tests")]

namespace AgentSystem.AppHost;

/// <summary>What this AppHost was compiled against. The project file decides and leaves its reasons in the assembly.</summary>
internal static class Engine
{
    public const string Aspire = "aspire";

    public static string Name => Metadata("AppHostEngine");

    public static string Announcement => $"AppHost engine: {Name} ({Metadata("AppHostEngineReason")})";

    private static string Metadata(string key) =>
        typeof(Engine).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == key)?.Value ?? "unknown";
}
