using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using AgentSystem.TelemetryStore.Logs;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.TelemetryStore.Loki;

public sealed class TailTests : IAsyncLifetime
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private LokiHost _host = null!;

    public async Task InitializeAsync() => _host = await LokiHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task The_past_comes_first_and_then_what_is_pushed()
    {
        await PushAsync("before", -1000);
        using var socket = await ConnectAsync("""{app="tail"} |= "e" """);

        Assert.Equal("before", Line(await ReceiveAsync(socket)));
        await PushAsync("nothing", 0);
        await PushAsync("later", 1);
        Assert.Equal("later", Line(await ReceiveAsync(socket)));

        using var bound = new CancellationTokenSource(Bound);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, bound.Token);
        await Eventually.True(() => _host.Store.Followers == 0);
    }

    [Fact]
    public async Task A_follower_that_leaves_is_forgotten()
    {
        var socket = await ConnectAsync("""{app="tail"}""");
        await Eventually.True(() => _host.Store.Followers == 1);
        socket.Abort();
        socket.Dispose();
        await Eventually.True(() => _host.Store.Followers == 0);
    }

    [Fact]
    public async Task One_who_is_too_slow_hears_which_lines_are_lost()
    {
        using var socket = await ConnectAsync("""{app="tail"} |= "e" """);
        await Eventually.True(() => _host.Store.Followers == 1);
        IReadOnlyList<Label> stream = [new("app", "tail")];

        _host.Store.Publish(new([new(3, "here", stream, [])], [new(1, "one", stream, [new("k", "v")]), new(2, "nothing", stream, []), new(2, "zwei", stream, [])]));

        var message = await ReceiveAsync(socket);
        Assert.Equal("here", Line(message));
        Assert.Equal(
            """[{"timestamp":"1","labels":{"app":"tail","k":"v"}},{"timestamp":"2","labels":{"app":"tail"}}]""",
            message.GetProperty("dropped_entries").GetRawText());
    }

    [Fact]
    public async Task Numbers_cannot_be_followed()
    {
        using var socket = await ConnectAsync("""rate({app="tail"}[1m])""");
        using var bound = new CancellationTokenSource(Bound);
        var end = await socket.ReceiveAsync(new byte[1024], bound.Token);
        Assert.Equal(WebSocketCloseStatus.InternalServerError, end.CloseStatus);
        Assert.Equal("only log selector is supported", end.CloseStatusDescription);
    }

    [Theory]
    [InlineData("query={app=\"x\"}&delay_for=6", "delay_for can't be greater than 5")]
    [InlineData("query={app=", "parse error at line 1, col 6")]
    [InlineData("query={app=\"x\"}&limit=0", "limit must be a positive value")]
    public async Task A_bad_request_is_refused_before_anything_is_followed(string query, string error)
    {
        using var client = _host.NewClient();
        using var answer = await client.GetAsync("/loki/api/v1/tail?" + query);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.StartsWith(error, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<ClientWebSocket> ConnectAsync(string query)
    {
        var socket = new ClientWebSocket();
        using var bound = new CancellationTokenSource(Bound);
        await socket.ConnectAsync(new Uri($"ws://{_host.Url.Authority}/loki/api/v1/tail?query={Uri.EscapeDataString(query)}"), bound.Token);
        return socket;
    }

    private async Task PushAsync(string line, int milliseconds)
    {
        var nanos = (DateTimeOffset.UtcNow.AddMilliseconds(milliseconds) - DateTimeOffset.UnixEpoch).Ticks * 100;
        using var client = _host.NewClient();
        using var content = new StringContent($$"""{"streams":[{"stream":{"app":"tail"},"values":[["{{nanos}}","{{line}}"]]}]}""", Encoding.UTF8, "application/json");
        (await client.PostAsync("/loki/api/v1/push", content)).EnsureSuccessStatusCode().Dispose();
    }

    private static async Task<JsonElement> ReceiveAsync(ClientWebSocket socket)
    {
        using var bound = new CancellationTokenSource(Bound);
        var buffer = new byte[64 * 1024];
        var received = await socket.ReceiveAsync(buffer, bound.Token);
        return JsonElement.Parse(buffer.AsSpan(0, received.Count));
    }

    private static string? Line(JsonElement message) => Assert.Single(message.GetProperty("streams").EnumerateArray()).GetProperty("values")[0][1].GetString();
}
