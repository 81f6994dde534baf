using System.Net;
using AgentSystem.TelemetryStore.Configuration;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AgentSystem.TelemetryStore.Ingest;

/// <summary>
/// Listens where the service listens anyway, and on OTLP's two ports: gRPC without TLS needs one that speaks nothing but HTTP/2, and the
/// others speak HTTP/1.1. Kestrel names the addresses in this order: those of <c>urls</c>, gRPC, HTTP.
/// </summary>
internal static class OtlpPorts
{
    private const string Off = "off";

    internal static void ListenOnOtlpPorts(this WebApplicationBuilder builder)
    {
        var urls = Urls(builder.Configuration);
        // Not from the options: the server is made before they are validated, and what is wrong with them should be said in a sentence.
        var section = builder.Configuration.GetSection(TelemetryStoreOptions.Section);
        var defaults = new TelemetryStoreOptions();
        var grpc = section[nameof(TelemetryStoreOptions.OtlpGrpcUrl)] ?? defaults.OtlpGrpcUrl;
        var http = section[nameof(TelemetryStoreOptions.OtlpHttpUrl)] ?? defaults.OtlpHttpUrl;
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            foreach (var url in urls)
                Listen(kestrel, url, HttpProtocols.Http1);
            if (IsOn(grpc) && IsAddress(grpc))
                Listen(kestrel, grpc, HttpProtocols.Http2);
            if (IsOn(http) && IsAddress(http))
                Listen(kestrel, http, HttpProtocols.Http1);
        });
        var server = builder.Services.Last(s => s.ServiceType == typeof(IServer)).ImplementationType!;
        builder.Services.Replace(ServiceDescriptor.Singleton<IServer>(services => new Server((IServer)ActivatorUtilities.CreateInstance(services, server))));
    }

    internal static bool IsAddress(string url)
    {
        try
        {
            return !IsOn(url) || BindingAddress.Parse(url) is { Scheme: "http" };
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static bool IsOn(string url) => !string.Equals(url, Off, StringComparison.OrdinalIgnoreCase);

    private static string[] Urls(ConfigurationManager configuration)
    {
        const StringSplitOptions Clean = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        var urls = (configuration["urls"] ?? "").Split(';', Clean);
        return urls.Length > 0 ? urls : [.. (configuration["http_ports"] ?? "").Split(';', Clean).Select(port => $"http://*:{port}")];
    }

    private static void Listen(KestrelServerOptions kestrel, string url, HttpProtocols protocols)
    {
        var address = BindingAddress.Parse(url);
        if (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip))
            kestrel.Listen(ip, address.Port, Protocols);
        else if (address.Host != "localhost")
            kestrel.ListenAnyIP(address.Port, Protocols);
        else if (address.Port == 0)
            // "localhost" is two addresses, which cannot share a port that is not known yet.
            kestrel.Listen(IPAddress.Loopback, 0, Protocols);
        else
            kestrel.ListenLocalhost(address.Port, Protocols);

        void Protocols(ListenOptions listen) => listen.Protocols = protocols;
    }

    /// <summary>Kestrel, which has all its addresses already. The host names it some of them once more, and it would warn that it does not need them.</summary>
    private sealed class Server(IServer kestrel) : IServer
    {
        public IFeatureCollection Features => kestrel.Features;

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull
        {
            Features.Get<IServerAddressesFeature>()?.Addresses.Clear();
            return kestrel.StartAsync(application, cancellationToken);
        }

        public Task StopAsync(CancellationToken cancellationToken) => kestrel.StopAsync(cancellationToken);

        public void Dispose() => kestrel.Dispose();
    }
}
