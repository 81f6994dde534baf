using System.Text.Json;
using AgentSystem.Protocol;
using Microsoft.Extensions.DependencyInjection;

namespace AgentSystem.Tests.Workers.Claude;

/// <summary>A worker with a key, a local Messages API and a purse, all in this process.</summary>
internal sealed class ClaudeWorker : IAsyncDisposable
{
    /// <summary>A key as real ones look.</summary>
    public const string Key = "sk-ant-api03-0123456789abcdefghijklmnop";

    private ClaudeWorker(TestVolume volume, MessagesServer api, FakePurse purse, WorkerHost host) => (Volume, Api, Purse, Host) = (volume, api, purse, host);

    public TestVolume Volume { get; }

    public MessagesServer Api { get; }

    public FakePurse Purse { get; }

    public WorkerHost Host { get; }

    public static async Task<ClaudeWorker> StartAsync(Func<AskedMessage, Reply>? script = null, Action<IServiceCollection>? services = null, params (string Key, string Value)[] settings)
    {
        var (volume, api, purse) = (new TestVolume(), await MessagesServer.StartAsync(script), await FakePurse.StartAsync());
        return new(volume, api, purse, await WorkerHost.StartAsync(volume, services, [.. Settings(api, purse.Url), .. settings]));
    }

    /// <summary>What a worker needs to know of the other two.</summary>
    public static IEnumerable<(string Key, string Value)> Settings(MessagesServer api, string orchestrator) =>
    [
        ("ANTHROPIC_API_KEY", Key),
        ("ANTHROPIC_BASE_URL", api.Url),
        ("Claude:RetryDelay", "00:00:00.001"),
        ("services:orchestrator:http:0", orchestrator),
    ];

    public async Task<TaskResult> RunAsync(string id, string type, object payload)
    {
        Volume.Place(id, type, payload);
        return await Volume.ResultAsync(id);
    }

    /// <summary>The output of a task that has to succeed.</summary>
    public async Task<JsonElement> OutputAsync(string id, string type, object payload)
    {
        var result = await RunAsync(id, type, payload);
        Assert.True(result.Error is null, result.Error?.ToString());
        return result.Output!.Value;
    }

    public Task<string> MetricsAsync() => Host.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Api.DisposeAsync();
        await Purse.DisposeAsync();
        Volume.Dispose();
    }
}
