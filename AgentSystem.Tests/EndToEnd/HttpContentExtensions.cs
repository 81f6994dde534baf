using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;

namespace AgentSystem.Tests.EndToEnd;

internal static class HttpContentExtensions
{
    /// <summary>The body of a successful answer; what the server said otherwise.</summary>
    internal static async Task<T> ReadAsync<T>(this HttpResponseMessage response, JsonTypeInfo<T> type)
    {
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        return (await response.Content.ReadFromJsonAsync(type))!;
    }
}
