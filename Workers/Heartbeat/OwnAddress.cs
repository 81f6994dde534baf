using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace AgentSystem.Workers.Heartbeat;

/// <summary>Where others reach this process's <c>/metrics</c> and <c>/health</c>.</summary>
public sealed class OwnAddress(IServer server, IConfiguration configuration)
{
    /// <summary>The server's HTTP address, for example <c>http://127.0.0.1:41234</c>; null while it does not listen.</summary>
    public string? Get()
    {
        var bound = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault(a => a.StartsWith("http://", StringComparison.Ordinal));
        if (bound is null)
            return null;
        var address = BindingAddress.Parse(bound);
        if (address.Port == 0)
            return null;
        return address.Host is "0.0.0.0" or "[::]" or "*" or "+"
            ? $"http://{(configuration.GetValue("DOTNET_RUNNING_IN_CONTAINER", false) ? Environment.MachineName : "127.0.0.1")}:{address.Port}"
            : $"http://{address.Host}:{address.Port}";
    }
}
