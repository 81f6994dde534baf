using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace AgentSystem.Tests.Support;

/// <summary>Stands before a server that cannot be stopped: closed, it cuts what is connected and refuses what comes, as if the server were gone.</summary>
public sealed class TcpGate : IAsyncDisposable
{
    private readonly ConcurrentDictionary<TcpClient, Task> _connections = new();
    private readonly Lock _moving = new();
    private TcpListener? _listener;
    private Task _accepting = Task.CompletedTask;

    public TcpGate()
    {
        _listener = Listen(0);
        Address = new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
    }

    /// <summary>Where clients find the server.</summary>
    public Uri Address { get; }

    /// <summary>The server; to be set before the first client comes.</summary>
    public Uri? Server { get; set; }

    public bool IsOpen
    {
        get => _listener is not null;
        set
        {
            lock (_moving)
            {
                if (value == IsOpen)
                    return;
                if (value)
                {
                    _listener = Listen(Address.Port);
                    return;
                }
                _listener!.Stop();
                _listener = null;
                foreach (var client in _connections.Keys)
                    client.Close();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        IsOpen = false;
        await _accepting;
        await Task.WhenAll(_connections.Values);
    }

    private TcpListener Listen(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        _accepting = AcceptAsync(listener);
        return listener;
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await listener.AcceptTcpClientAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return; // Closed.
            }
            lock (_moving)
            {
                if (_listener == listener)
                    _connections[client] = ServeAsync(client);
                else
                    client.Close();
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        await Task.Yield();
        using var server = new TcpClient();
        try
        {
            await server.ConnectAsync(Server!.Host, Server.Port);
            var (near, far) = (client.GetStream(), server.GetStream());
            // Whichever side ends first ends the connection: HTTP has no use for half of one.
            await Task.WhenAny(near.CopyToAsync(far), far.CopyToAsync(near));
        }
        catch (Exception e) when (e is SocketException or IOException or InvalidOperationException)
        {
            // Cut, here or at the other end.
        }
        finally
        {
            client.Close();
            _connections.TryRemove(client, out _);
        }
    }
}
