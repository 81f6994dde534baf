using System.Net;
using AgentSystem.TelemetryStore.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace AgentSystem.TelemetryStore.Ingest;

/// <summary>
/// Listens where the service listens anyway, and on OTLP's two ports: gRPC without TLS needs one that speaks nothing but HTTP/2. Kestrel
/// names the addresses in this order: those of <c>urls</c>, gRPC, HTTP.
/// </summary>
internal sealed class OtlpPorts(IOptions<TelemetryStoreOptions> options, IConfiguration configuration) : IConfigureOptions<KestrelServerOptions>
{
    private const string Off = "off";

    public void Configure(KestrelServerOptions kestrel)
    {
        foreach (var url in Urls())
            Listen(kestrel, url, HttpProtocols.Http1AndHttp2);
        if (IsOn(options.Value.OtlpGrpcUrl))
            Listen(kestrel, options.Value.OtlpGrpcUrl, HttpProtocols.Http2);
        if (IsOn(options.Value.OtlpHttpUrl))
            Listen(kestrel, options.Value.OtlpHttpUrl, HttpProtocols.Http1AndHttp2);
        // What Kestrel would do by itself, and warn that it does not.
        configuration["urls"] = null;
        configuration["http_ports"] = null;
    }

    internal static bool IsOn(string url) => !string.Equals(url, Off, StringComparison.OrdinalIgnoreCase);

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

    private IEnumerable<string> Urls()
    {
        const StringSplitOptions Clean = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        if (configuration["urls"] is { Length: > 0 } urls)
            return urls.Split(';', Clean);
        return (configuration["http_ports"] ?? "").Split(';', Clean).Select(port => $"http://*:{port}");
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
}
