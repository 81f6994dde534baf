using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Execution;

/// <summary>The arguments of a project's launch profile, which come before those of the AppHost.</summary>
internal sealed record LaunchProfileArguments(IReadOnlyList<string> Words) : IResourceAnnotation;

/// <summary>Gives a project the variables, addresses and arguments of a profile of its launch settings.</summary>
internal static class LaunchProfiles
{
    public static IResourceBuilder<ProjectResource> Apply(IResourceBuilder<ProjectResource> project, string projectPath, ProjectResourceOptions options)
    {
        if (options.ExcludeLaunchProfile)
            return project;
        if (!File.Exists(projectPath))
            throw new DistributedApplicationException($"'{project.Resource.Name}' cannot be added: there is no project {projectPath}.");
        if (LaunchSettings.Read(Path.GetDirectoryName(projectPath)!) is not { } profiles || Choose(project, profiles, options.LaunchProfileName) is not { } name)
            return project;

        var profile = profiles[name];
        AddEndpoints(project, profile);
        project.WithAnnotation(new LaunchProfileArguments([.. LaunchSettings.Words(profile.CommandLineArgs)]));
        if (Uri.TryCreate(profile.LaunchUrl, UriKind.RelativeOrAbsolute, out var launchUrl))
            project.WithUrls(context => Show(context, launchUrl));
        return project.WithEnvironment(context =>
        {
            context.EnvironmentVariables.TryAdd("DOTNET_LAUNCH_PROFILE", name);
            foreach (var (variable, value) in profile.EnvironmentVariables ?? new Dictionary<string, string>())
                context.EnvironmentVariables.TryAdd(variable, Environment.ExpandEnvironmentVariables(value));
        });
    }

    /// <summary>The one asked for; else the one that the AppHost itself was started with, when the project has it; else the first that runs the project.</summary>
    private static string? Choose(IResourceBuilder<ProjectResource> project, OrderedDictionary<string, LaunchProfile> profiles, string? wanted)
    {
        if (!string.IsNullOrEmpty(wanted))
        {
            return profiles.ContainsKey(wanted) ? wanted : throw new DistributedApplicationException(
                $"'{project.Resource.Name}' has no launch profile '{wanted}'. It has: {(profiles.Count == 0 ? "none" : string.Join(", ", profiles.Keys))}.");
        }

        var configuration = project.ApplicationBuilder.Configuration;
        var ofHost = configuration["AppHost:DefaultLaunchProfileName"] ?? configuration["DOTNET_LAUNCH_PROFILE"];
        return !string.IsNullOrEmpty(ofHost) && profiles.ContainsKey(ofHost)
            ? ofHost
            : profiles.FirstOrDefault(p => string.IsNullOrEmpty(p.Value.CommandName) || p.Value.CommandName.ToUpperInvariant() is "PROJECT" or "EXECUTABLE").Key;
    }

    private static void AddEndpoints(IResourceBuilder<ProjectResource> project, LaunchProfile profile)
    {
        var schemes = new Dictionary<string, int>();
        foreach (var url in (profile.ApplicationUrl ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries).Select(Parse))
        {
            var number = schemes[url.Scheme] = schemes.GetValueOrDefault(url.Scheme) + 1;
            project.WithEndpoint(number == 1 ? url.Scheme : $"{url.Scheme}{number}", endpoint =>
            {
                (endpoint.Port, endpoint.UriScheme, endpoint.TargetHost, endpoint.FromLaunchProfile) = (url.Port, url.Scheme, url.Host, true);
            });
        }

        Uri Parse(string url) => Uri.TryCreate(url, UriKind.Absolute, out var parsed)
            ? parsed
            : throw new DistributedApplicationException($"The launch profile of '{project.Resource.Name}' has an applicationUrl that is no address: {url}");
    }

    private static void Show(ResourceUrlsCallbackContext context, Uri launchUrl)
    {
        foreach (var url in context.Urls.Where(url => url.Endpoint is { EndpointAnnotation.FromLaunchProfile: true }))
            url.Url = launchUrl.IsAbsoluteUri ? launchUrl.OriginalString : new Uri(new Uri(url.Url), launchUrl).ToString();
    }
}
