using System.Text.Json;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Execution;

/// <summary>Gives a project the variables and addresses of its <c>Properties/launchSettings.json</c>.</summary>
internal static class LaunchProfiles
{
    public static IResourceBuilder<ProjectResource> Apply(IResourceBuilder<ProjectResource> project, string projectPath, ProjectResourceOptions options)
    {
        var file = Path.Combine(Path.GetDirectoryName(projectPath)!, "Properties", "launchSettings.json");
        if (options.ExcludeLaunchProfile)
            return project;
        var profiles = File.Exists(file) ? Read(file) : new();
        if (options.LaunchProfileName is { } wanted && !profiles.ContainsKey(wanted))
            throw new DistributedApplicationException(
                $"'{project.Resource.Name}' has no launch profile '{wanted}'. {file} has: {(profiles.Count == 0 ? "none" : string.Join(", ", profiles.Keys))}.");

        // The profile that the AppHost itself was started with, when the project has one of that name; else its first.
        var ownOfHost = project.ApplicationBuilder.Configuration["AppHost:DefaultLaunchProfileName"] ?? project.ApplicationBuilder.Configuration["DOTNET_LAUNCH_PROFILE"];
        var name = options.LaunchProfileName ?? (ownOfHost is not null && profiles.ContainsKey(ownOfHost) ? ownOfHost : profiles.Keys.FirstOrDefault());
        if (name is null)
            return project;

        var profile = profiles[name];
        var schemes = new Dictionary<string, int>();
        foreach (var url in profile.Urls)
        {
            var number = schemes[url.Scheme] = schemes.GetValueOrDefault(url.Scheme) + 1;
            project.WithEndpoint(url.Port, scheme: url.Scheme, name: number == 1 ? url.Scheme : $"{url.Scheme}{number}");
        }

        return project.WithEnvironment(context =>
        {
            context.EnvironmentVariables.TryAdd("DOTNET_LAUNCH_PROFILE", name);
            foreach (var (variable, value) in profile.Variables)
                context.EnvironmentVariables.TryAdd(variable, Environment.ExpandEnvironmentVariables(value));
        });
    }

    /// <summary>The profiles that run the project, in the file's order.</summary>
    private static OrderedDictionary<string, Profile> Read(string file)
    {
        try
        {
            using var settings = JsonDocument.Parse(File.ReadAllText(file), new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            var profiles = new OrderedDictionary<string, Profile>();
            if (!settings.RootElement.TryGetProperty("profiles", out var all))
                return profiles;
            foreach (var profile in all.EnumerateObject().Where(p => p.Value.TryGetProperty("commandName", out var command) && command.GetString() == "Project"))
            {
                profiles[profile.Name] = new(
                    profile.Value.TryGetProperty("applicationUrl", out var urls)
                        ? [.. urls.GetString()!.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(url => new Uri(url))]
                        : [],
                    profile.Value.TryGetProperty("environmentVariables", out var variables)
                        ? variables.EnumerateObject().ToDictionary(v => v.Name, v => v.Value.ToString())
                        : []);
            }

            return profiles;
        }
        catch (Exception e) when (e is JsonException or UriFormatException or InvalidOperationException)
        {
            throw new DistributedApplicationException($"{file} cannot be read as launch settings: {e.Message}", e);
        }
    }

    private sealed record Profile(IReadOnlyList<Uri> Urls, IReadOnlyDictionary<string, string> Variables);
}
