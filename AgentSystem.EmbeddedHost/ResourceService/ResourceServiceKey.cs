using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Aspire.Hosting.ResourceService;

/// <summary>Lets nobody in without the key, which travels in the header that Aspire's dashboard uses for it.</summary>
internal sealed class ResourceServiceKey(string key)
{
    public const string Header = "x-resource-service-api-key";

    private readonly byte[] _hash = Hash(key);

    public Task CheckAsync(HttpContext http, RequestDelegate next) =>
        http.Request.Headers[Header] is [{ } given] && CryptographicOperations.FixedTimeEquals(Hash(given), _hash)
            ? next(http)
            : Results.Problem(
                $"Send the key of this run in the header {Header}; the AppHost's configuration has it as {ResourceServiceHost.ApiKeyKey}.",
                statusCode: StatusCodes.Status401Unauthorized, title: "The key is missing or wrong.").ExecuteAsync(http);

    // Of equal length, whatever was sent.
    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
