using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Aspire.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace AgentSystem.Tests.Hosting.Embedded.ResourceService;

/// <summary>Talks to the resource API of a host of a test's own, as the console does.</summary>
internal sealed class ResourceServiceClient : IDisposable
{
    public const string Header = "x-resource-service-api-key";
    public const string KeySetting = "AppHost:ResourceService:ApiKey";

    private readonly CancellationTokenSource _limit = new(Hosts.Limit);

    private ResourceServiceClient(string url, string key)
    {
        Http = new() { BaseAddress = new(url), Timeout = Hosts.Limit };
        Http.DefaultRequestHeaders.Add(Header, key);
    }

    public HttpClient Http { get; }

    /// <summary>Describes an application that serves its resource API on a free port, and keeps nothing.</summary>
    public static IDistributedApplicationBuilder Builder(params string[] args) => DistributedApplication.CreateBuilder(new DistributedApplicationOptions
    {
        Args = ["--AppHost:OtlpApiKey=key-of-the-telemetry", "--ASPIRE_INTERACTIVITY_ENABLED=false", .. args],
        AssemblyName = typeof(Projects.AgentSystem_AppHost).Assembly.GetName().Name,
    });

    /// <summary>Finds address and key where an AppHost finds them.</summary>
    public static ResourceServiceClient For(DistributedApplication app)
    {
        var configuration = app.Services.GetRequiredService<IConfiguration>();
        return new(configuration["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"]!, configuration[KeySetting]!);
    }

    public async Task<JsonElement[]> ResourcesAsync() => [.. (await Http.GetFromJsonAsync<JsonElement>("/resources")).GetProperty("resources").EnumerateArray()];

    /// <summary>The first event that is so.</summary>
    public async Task<JsonElement> UntilAsync(string path, Func<JsonElement, bool> condition)
    {
        await foreach (var data in EventsAsync(path))
        {
            if (condition(data))
                return data;
        }

        throw new InvalidOperationException($"The events of {path} ended.");
    }

    public async IAsyncEnumerable<JsonElement> EventsAsync(string path)
    {
        using var response = await Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, _limit.Token);
        response.EnsureSuccessStatusCode();
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        await using var stream = await response.Content.ReadAsStreamAsync(_limit.Token);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(_limit.Token))
            yield return JsonDocument.Parse(item.Data).RootElement;
    }

    public async Task<JsonElement> CommandAsync(string id, string command)
    {
        using var response = await Http.PostAsync($"/resources/{id}/commands/{command}", null);
        return (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>());
    }

    public void Dispose()
    {
        Http.Dispose();
        _limit.Dispose();
    }
}

internal static class ResourceJson
{
    public static string? Text(this JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.ToString() : null;

    /// <summary>The element of a list with this name.</summary>
    public static JsonElement Named(this JsonElement element, string list, string name) => element.GetProperty(list).EnumerateArray().Single(item => item.Text("name") == name);
}
