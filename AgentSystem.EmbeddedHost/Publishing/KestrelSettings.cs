using Aspire.Hosting.ApplicationModel;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Publishing;

/// <summary>The endpoints that a project's own settings (<c>Kestrel:Endpoints</c>) give it.</summary>
internal sealed class KestrelSettings(IConfiguration settings)
{
    private readonly IConfigurationSection[] _endpoints = [.. settings.GetSection("Kestrel:Endpoints").GetChildren().Where(endpoint => endpoint["Url"] is not null)];

    public bool HasEndpoints => _endpoints.Length > 0;

    /// <summary>Reads the files that the project reads when it runs.</summary>
    public static KestrelSettings Of(string projectPath)
    {
        var folder = Path.GetDirectoryName(projectPath)!;
        var environment = Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT");
        var settings = new ConfigurationBuilder();
        foreach (var name in (string[])["appsettings", $"{Path.GetFileName(folder)}.settings"])
            settings.AddJsonFile(Path.Combine(folder, $"{name}.json"), optional: true).AddJsonFile(Path.Combine(folder, $"{name}.{environment}.json"), optional: true);
        try
        {
            return new(settings.Build());
        }
        catch (InvalidDataException e)
        {
            throw new DistributedApplicationException($"The settings of {projectPath} cannot be read: {e.Message} {e.InnerException?.Message}", e);
        }
    }

    public void AddEndpoints(IResourceBuilder<ProjectResource> project)
    {
        foreach (var scheme in _endpoints.Select(endpoint => (Settings: endpoint, Address: Parse(endpoint["Url"]!))).GroupBy(endpoint => endpoint.Address.Scheme))
        {
            // The only one of its scheme has the scheme's name, wherever others look for it.
            var isAlone = scheme.Count() == 1;
            foreach (var (endpoint, address) in scheme)
            {
                project.WithEndpoint(isAlone ? scheme.Key : endpoint.Key, added =>
                {
                    (added.TargetPort, added.UriScheme, added.TargetHost) = (address.Port, address.Scheme, address.Host);
                    SetTransport(added, endpoint["Protocols"]);
                });
            }
        }

        BindingAddress Parse(string url)
        {
            try
            {
                return BindingAddress.Parse(url);
            }
            catch (FormatException e)
            {
                throw new DistributedApplicationException($"'{project.Resource.Name}' has settings of Kestrel in which an endpoint's Url is no address: {url}", e);
            }
        }
    }

    /// <summary>HTTP/2 where the endpoint's settings, or else those of all endpoints, have nothing but that.</summary>
    public void SetTransport(EndpointAnnotation endpoint, string? protocols = null)
    {
        if ((protocols ?? settings["Kestrel:EndpointDefaults:Protocols"]) == "Http2")
            endpoint.Transport = "http2";
    }
}
