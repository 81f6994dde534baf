using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Execution;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>Adds values that are settled from outside: from the configuration's section <c>Parameters</c>.</summary>
public static class ParameterResourceBuilderExtensions
{
    /// <summary>Adds a value that has to be configured. Whoever needs it without that fails with a <see cref="MissingParameterValueException"/>.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, bool secret = false) =>
        builder.AddParameterFromConfiguration(name, $"Parameters:{name}", secret);

    /// <summary>Adds a value that is given here and nowhere else.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, string value, bool publishValueAsDefault = false, bool secret = false) =>
        builder.AddParameter(name, () => value, publishValueAsDefault, secret);

    /// <summary>Adds a value that a callback gives when it is first needed.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, Func<string> valueGetter, bool publishValueAsDefault = false, bool secret = false) =>
        publishValueAsDefault && secret
            ? throw new ArgumentException($"Parameter '{name}' is secret, so its value cannot be published.", nameof(publishValueAsDefault))
            : builder.AddResource(new ParameterResource(name, _ => valueGetter(), secret));

    /// <summary>Adds a value that has to be configured, under a key of its own.</summary>
    public static IResourceBuilder<ParameterResource> AddParameterFromConfiguration(this IDistributedApplicationBuilder builder, string name, string configurationKey, bool secret = false) =>
        builder.AddResource(new ParameterResource(name, _ => Configured(builder.Configuration, configurationKey) ?? throw new MissingParameterValueException(
            $"Parameter '{name}' has no value. Set it: --{configurationKey}=…, the variable {configurationKey.Replace(":", "__", StringComparison.Ordinal).Replace('-', '_')}, or `dotnet user-secrets set {configurationKey} …`."), secret));

    /// <summary>Adds a value that is made when none is configured.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The resource's name.</param>
    /// <param name="value">How it is made.</param>
    /// <param name="secret">Whether it is hidden from people.</param>
    /// <param name="persist">Whether what was made for a run is kept in the AppHost's user secrets, where later runs find it.</param>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, ParameterDefault value, bool secret = false, bool persist = false) =>
        builder.AddResource(new ParameterResource(name, made => Configured(builder.Configuration, $"Parameters:{name}") ?? made!.GetDefaultValue(), secret)
        {
            Default = persist && builder.ExecutionContext.IsRunMode ? new PersistedParameterDefault(name, value, UserSecrets.Of(builder)) : value,
        });

    /// <summary>Tells people what the value is for.</summary>
    public static IResourceBuilder<ParameterResource> WithDescription(this IResourceBuilder<ParameterResource> builder, string description, bool enableMarkdown = false)
    {
        (builder.Resource.Description, builder.Resource.EnableDescriptionMarkdown) = (description, enableMarkdown);
        return builder;
    }

    /// <summary>The names of environment variables have no hyphens, so an underscore may stand for each.</summary>
    private static string? Configured(ConfigurationManager configuration, string key) =>
        configuration[key] is { Length: > 0 } value ? value : configuration[key.Replace('-', '_')];

    /// <summary>What was made once is kept for the next run, if it can be: where there are no user secrets, each run makes its own.</summary>
    private sealed class PersistedParameterDefault(string name, ParameterDefault made, UserSecrets secrets) : ParameterDefault
    {
        public override string GetDefaultValue()
        {
            var value = made.GetDefaultValue();
            secrets.TrySet($"Parameters:{name}", value);
            return value;
        }
    }
}
