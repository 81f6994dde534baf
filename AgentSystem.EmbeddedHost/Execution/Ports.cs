using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Execution;

/// <summary>The ports that the replicas of a resource listen on for one endpoint.</summary>
internal sealed record TargetPorts(string Endpoint, int[] Ports) : IResourceAnnotation;

internal static class Ports
{
    /// <summary>Stands for a replica's own port until it is launched.</summary>
    public static string Expression(string endpoint) => $"{{{{port:{endpoint}}}}}";

    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

/// <summary>One public port in front of several processes, which take turns; one that does not answer is passed over.</summary>
internal sealed class TcpProxy : IDisposable
{
    private readonly TcpListener _listener;
    private readonly int[] _targets;
    private int _next;

    public TcpProxy(int port, int[] targets)
    {
        _targets = targets;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _ = AcceptAsync();
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync().ConfigureAwait(false));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var caller = client;
        for (var attempt = 0; attempt < _targets.Length; attempt++)
        {
            var target = _targets[(uint)Interlocked.Increment(ref _next) % _targets.Length];
            using var server = new TcpClient();
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, target).ConfigureAwait(false);
            }
            catch (SocketException)
            {
                continue;
            }

            try
            {
                var there = caller.GetStream().CopyToAsync(server.GetStream());
                var back = server.GetStream().CopyToAsync(caller.GetStream());
                await Task.WhenAny(there, back).ConfigureAwait(false);
            }
            catch (IOException)
            {
            }

            return;
        }
    }
}
