using System.Net.WebSockets;
using AgentSystem.WebConsole.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace AgentSystem.Tests.WebConsole.Live;

public sealed class OpenPagesTests
{
    /// <summary>A browser whose connection is closed by a console that stops connects again before nobody listens any more.</summary>
    [Fact]
    public async Task A_page_that_connects_while_the_console_stops_is_not_waited_for()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        using var before = new ClientWebSocket();
        using var after = new ClientWebSocket();
        // The first who registers hears last: when everything that is open has been told.
        app.Lifetime.ApplicationStopping.Register(() => Connect(after, app));
        app.UseEndOfOpenPages();
        app.UseWebSockets();
        app.Map("/_blazor", async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await socket.ReceiveAsync(new byte[1].AsMemory(), CancellationToken.None);
        });
        await app.StartAsync();
        Assert.True(Connect(before, app));

        // The host's own patience is 30 s.
        await app.StopAsync().WaitAsync(TimeSpan.FromSeconds(15));
    }

    private static bool Connect(ClientWebSocket socket, WebApplication app)
    {
        try
        {
            socket.ConnectAsync(new($"{app.Urls.First().Replace("http", "ws", StringComparison.Ordinal)}/_blazor"), CancellationToken.None).GetAwaiter().GetResult();
            return true;
        }
        catch (WebSocketException)
        {
            return false;
        }
    }
}
