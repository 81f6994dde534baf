using System.Net;
using System.Net.Sockets;
using System.Text;
using AgentSystem.WebConsole.Backends;
using Microsoft.Extensions.Time.Testing;

namespace AgentSystem.Tests.WebConsole.Backends;

/// <summary>A server that begins each answer and never ends it, over a real connection, and clients that wait for it a moment.</summary>
internal sealed class HalfAnAnswer : IHttpClientFactory, IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<TcpClient> _connections = [];
    private readonly string _half;

    public HalfAnAnswer(string half)
    {
        _half = half;
        Health = new(Time);
        _listener.Start();
        _ = AcceptAsync();
    }

    public FakeTimeProvider Time { get; } = new();

    public BackendHealth Health { get; }

    public HttpClient CreateClient(string name) => new()
    {
        BaseAddress = new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/"),
        Timeout = TimeSpan.FromMilliseconds(200),
    };

    public void Dispose()
    {
        _listener.Stop();
        lock (_connections)
            _connections.ForEach(connection => connection.Dispose());
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = await _listener.AcceptTcpClientAsync();
                lock (_connections)
                    _connections.Add(connection);
                await connection.GetStream().WriteAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 {_half}"));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            // The test is over.
        }
    }
}
