using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Execution;

/// <summary>How an AppHost's builder is made for a test, where neither its arguments nor the test itself say otherwise.</summary>
internal static class TestSettings
{
    public static void Apply(
        EntryPointInterception test, DistributedApplicationOptions options, HostApplicationBuilderSettings settings,
        Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configure)
    {
        options.Args = settings.Args = [.. settings.Args ?? [], .. test.Args];
        options.AssemblyName = settings.ApplicationName = test.Assembly.GetName().Name!;
        (options.DisableDashboard, options.EnableResourceLogging) = (true, true);
        settings.Configuration ??= new();
        Default(settings, new()
        {
            ["DcpPublisher:RandomizePorts"] = "true",
            ["ASPNETCORE_URLS"] = "http://localhost:8080",
            ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = Current(settings)["DOTNET_DASHBOARD_OTLP_ENDPOINT_URL"] is null ? "http://localhost:4317" : null,
            ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true",
        });
        var folder = DistributedApplicationBuilder.ProjectFolderOf(test.Assembly);
        if (Directory.Exists(folder))
            settings.ContentRootPath = folder;

        configure(options, settings);
        if (folder is not null && LaunchSettings.Read(folder) is { Count: > 0 } profiles)
            Launch(settings, profiles);
    }

    /// <summary>What the AppHost's launch profile would put into its environment goes into its configuration.</summary>
    private static void Launch(HostApplicationBuilderSettings settings, OrderedDictionary<string, LaunchProfile> profiles)
    {
        var wanted = Current(settings)["DOTNET_LAUNCH_PROFILE"];
        var name = string.IsNullOrEmpty(wanted) ? profiles.Keys.First() : wanted;
        if (!profiles.TryGetValue(name, out var profile))
            throw new InvalidOperationException($"The AppHost has no launch profile '{name}'. It has: {string.Join(", ", profiles.Keys)}.");
        var values = new Dictionary<string, string?> { ["DOTNET_LAUNCH_PROFILE"] = name };
        foreach (var (key, value) in profile.EnvironmentVariables ?? new Dictionary<string, string>())
        {
            values[key] = value;
            // As a host would find them without their prefix.
            foreach (var prefix in (string[])["DOTNET_", "ASPNETCORE_"])
            {
                if (key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                    values.TryAdd(key[prefix.Length..], value);
            }
        }

        Default(settings, values);
    }

    private static void Default(HostApplicationBuilderSettings settings, Dictionary<string, string?> values)
    {
        var current = Current(settings);
        settings.Configuration!.AddInMemoryCollection(values.Where(value => value.Value is not null && current[value.Key] is null));
    }

    private static ConfigurationManager Current(HostApplicationBuilderSettings settings)
    {
        var current = new ConfigurationManager();
        current.AddCommandLine(settings.Args ?? []);
        current.AddConfiguration(settings.Configuration!);
        return current;
    }
}
