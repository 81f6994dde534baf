using Aspire.Hosting.Publishing;

namespace AgentSystem.AppHost;

/// <summary>A parameter that is empty unless somebody sets it: whoever needs it waits for nobody, and nobody is asked for it.</summary>
internal static class OptionalParameterExtensions
{
    /// <summary>
    /// Adds it: <c>Parameters:&lt;name&gt;</c>, else, in a run, the environment variable that people have it in already, else an empty text.
    /// </summary>
    public static IResourceBuilder<ParameterResource> AddOptionalParameter(
        this IDistributedApplicationBuilder builder, string name, bool secret = false, string? variable = null)
    {
        if (variable is not null && builder.ExecutionContext.IsRunMode && builder.Configuration[variable] is { Length: > 0 } value)
            builder.Configuration[$"Parameters:{name}"] ??= value;
        return builder.AddParameter(name, new Empty(), secret);
    }

    private sealed class Empty : ParameterDefault
    {
        public override string GetDefaultValue() => "";

        public override void WriteToManifest(ManifestPublishingContext context) => context.Writer.WriteString("value", "");
    }
}
