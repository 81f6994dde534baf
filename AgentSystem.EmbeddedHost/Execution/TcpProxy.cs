using System.Net;
using System.Net.Sockets;

namespace Aspire.Hosting.Execution;

/// <summary>One public port in front of several processes, which take turns; one that does not answer is passed over.</summary>
internal sealed class TcpProxy : IDisposable
{
    private readonly TcpListener _listener;
    private readonly IReadOnlyList<int> _targets;
    private readonly CancellationTokenSource _closing = new();
    private int _next = -1;

    public TcpProxy(IPAddress address, int port, IReadOnlyList<int> targets)
    {
        _targets = targets;
        _listener = new TcpListener(address, port);
        _listener.Start();
        _ = AcceptAsync();
    }

    public void Dispose()
    {
        _closing.Cancel();
        _listener.Dispose();
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        var closing = _closing.Token;
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(closing).ConfigureAwait(false), closing);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // Closed: nobody is served any more.
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken closing)
    {
        using var caller = client;
        for (var attempt = 0; attempt < _targets.Count; attempt++)
        {
            using var server = new TcpClient();
            try
            {
                var target = _targets[(int)((uint)Interlocked.Increment(ref _next) % (uint)_targets.Count)];
                await server.ConnectAsync(IPAddress.Loopback, target, closing).ConfigureAwait(false);
            }
            catch (SocketException)
            {
                continue;
            }
            catch (OperationCanceledException)
            {
                return;
            }

            caller.NoDelay = server.NoDelay = true;
            await Task.WhenAll(PassAsync(caller, server, closing), PassAsync(server, caller, closing)).ConfigureAwait(false);
            return;
        }
    }

    /// <summary>Passes on what one side says until it has no more to say, and then tells the other side so.</summary>
    private static async Task PassAsync(TcpClient from, TcpClient to, CancellationToken closing)
    {
        try
        {
            await from.GetStream().CopyToAsync(to.GetStream(), closing).ConfigureAwait(false);
            to.Client.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or SocketException or InvalidOperationException or OperationCanceledException)
        {
            // One side is gone, so the other has nobody to talk to.
            from.Close();
            to.Close();
        }
    }
}
