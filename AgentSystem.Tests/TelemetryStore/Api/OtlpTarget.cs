using System.Net.Http.Headers;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.TelemetryStore.Api;

/// <summary>A receiver of OTLP over HTTP: the one at <c>OTLP_ENDPOINT</c> where that is set, our own store otherwise.</summary>
public sealed class OtlpTarget : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private StoreHost? _own;

    public HttpClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (BackendAddress.Of("OTLP_ENDPOINT") is { } url)
        {
            Client = new HttpClient { BaseAddress = url };
            return;
        }
        _own = await StoreHost.StartAsync(_folder);
        Client = StoreHost.NewClient(_own.OtlpUrl);
    }

    public async Task DisposeAsync()
    {
        if (_own is not null)
            await _own.DisposeAsync();
    }

    public void Dispose()
    {
        Client?.Dispose();
        _folder.Dispose();
    }

    public async Task<HttpResponseMessage> PostAsync(string path, byte[] body, string type, string? encoding = null)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);
        return await Client.PostAsync(path, content);
    }
}
