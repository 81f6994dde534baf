using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ResourceService;

/// <summary>
/// Serves the resource API on loopback. It listens before the first resource starts, and leaves its address and key in the AppHost's
/// configuration, under the names by which Aspire knows those of the service that its dashboard reads.
/// </summary>
internal sealed class ResourceServiceHost(
    ResourceApi api, ConfigurationManager configuration, IHostApplicationLifetime lifetime, ILoggerFactory loggers)
    : IHostedService, IAsyncDisposable
{
    public const string UrlKey = "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL";
    public const string ApiKeyKey = "AppHost:ResourceService:ApiKey";

    private const string OldUrlKey = "DOTNET_RESOURCE_SERVICE_ENDPOINT_URL";
    private const string ClientKeyKey = "ASPIRE_DASHBOARD_RESOURCESERVICE_APIKEY";

    private readonly CancellationTokenSource _stopping = new();
    private WebApplication? _app;
    private int _disposed;

    /// <summary>Adds the service to an application that runs. It asks for a key, always: the configured one, else one made for this run.</summary>
    public static void AddTo(IServiceCollection services, ConfigurationManager configuration)
    {
        configuration["AppHost:ResourceService:AuthMode"] = "ApiKey";
        if (string.IsNullOrEmpty(configuration[ApiKeyKey]))
        {
            configuration[ApiKeyKey] = configuration[ClientKeyKey] is { Length: > 0 } given
                ? given
                : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        }

        services.AddSingleton<Secrets>();
        services.AddSingleton<ResourceApi>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ResourceServiceHost>(provider, configuration));
        services.AddHostedService(provider => provider.GetRequiredService<ResourceServiceHost>());
    }

    /// <summary>Where it has to listen: on any free port unless a loopback address with a port is configured.</summary>
    /// <exception cref="DistributedApplicationException">The address is not on loopback, or asks for TLS.</exception>
    public static IPEndPoint EndpointFor(IConfiguration configuration)
    {
        var (key, text) = configuration[UrlKey] is { Length: > 0 } url ? (UrlKey, url) : (OldUrlKey, configuration[OldUrlKey]);
        if (string.IsNullOrEmpty(text))
            return new(IPAddress.Loopback, 0);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp || !uri.IsLoopback)
        {
            throw new DistributedApplicationException(
                $"{key} is '{text}'. The embedded engine serves its resource API on loopback and without TLS: set it to http://localhost:<port>, or not at all.");
        }

        var address = IPAddress.TryParse(uri.DnsSafeHost, out var given) ? given : IPAddress.Loopback;
        return new(address, configuration.GetValue("DcpPublisher:RandomizePorts", false) ? 0 : uri.Port);
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var endpoint = EndpointFor(configuration);
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(endpoint, listen => listen.Protocols = HttpProtocols.Http1);
        });
        _app = builder.Build();
        lifetime.ApplicationStopping.Register(_stopping.Cancel);
        _app.Use(new ResourceServiceKey(configuration[ApiKeyKey]!).CheckAsync);
        api.Map(_app, _stopping.Token);
        try
        {
            await _app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new DistributedApplicationException(
                $"The resource API cannot listen on {endpoint}: {e.Message} Set {UrlKey} to another address, or not at all.", e);
        }

        configuration[UrlKey] = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_app is not null)
            await _app.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        // The container disposes what it gives away as two services twice.
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_app is not null)
            await _app.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }
}
