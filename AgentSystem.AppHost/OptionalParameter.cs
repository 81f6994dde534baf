using Aspire.Hosting.Publishing;

namespace AgentSystem.AppHost;

/// <summary>A parameter that is empty unless somebody sets it: whoever needs it waits for nobody, and nobody is asked for it.</summary>
internal static class OptionalParameterExtensions
{
    /// <summary>Adds it: <c>Parameters:&lt;name&gt;</c>, else an empty text.</summary>
    public static IResourceBuilder<ParameterResource> AddOptionalParameter(this IDistributedApplicationBuilder builder, string name, bool secret = false) =>
        builder.AddParameter(name, new Empty(), secret);

    private sealed class Empty : ParameterDefault
    {
        public override string GetDefaultValue() => "";

        public override void WriteToManifest(ManifestPublishingContext context) => context.Writer.WriteString("value", "");
    }
}
