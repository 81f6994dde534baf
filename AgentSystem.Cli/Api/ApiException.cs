using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using AgentSystem.Cli.Terminal;

namespace AgentSystem.Cli.Api;

/// <summary>An answer of the server that is not a success.</summary>
internal sealed class ApiException : CliException
{
    private ApiException(HttpStatusCode status, TimeSpan? retryAfter, string message, IReadOnlyList<string> details)
        : base(ExitCodeOf(status), message, details)
    {
        Status = status;
        RetryAfter = retryAfter;
    }

    public HttpStatusCode Status { get; }

    /// <summary>When the server wants to be asked again; null when it did not say.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>Reads what the server said about it: problem details (RFC 9457) where it sent them.</summary>
    public static async Task<ApiException> ReadAsync(HttpResponseMessage response, Connection connection, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var problem = await ReadProblemAsync(response, cancellationToken);
        var reason = problem?.Title ?? response.ReasonPhrase ?? "the request failed";
        var details = new List<string>();
        var fields = (problem?.Errors ?? []).SelectMany(field => field.Value, (field, message) => (Name: field.Key, Message: message)).ToList();
        // A detail that only joins what the fields say would say it twice.
        if (problem?.Detail is { Length: > 0 } detail && !fields.Any(field => detail.Contains(field.Message, StringComparison.Ordinal)))
            details.Add(detail);
        details.AddRange(fields.Select(field => field.Name.Length == 0 ? field.Message : $"{field.Name}: {field.Message}"));
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            details.Add(connection.ApiKey is null
                ? $"No API key is known for {connection.Url}; give --api-key or {Connection.ApiKeyVariable}."
                : $"The API key is not the one of {connection.Url}; the system makes a new one each time it starts.");
        }
        var wait = response.Headers.RetryAfter;
        return new(response.StatusCode, wait?.Delta ?? wait?.Date - now, $"{reason} (HTTP {(int)response.StatusCode})", details);
    }

    private static async Task<Problem?> ReadProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType is not ("application/problem+json" or "application/json"))
            return null;
        try
        {
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return JsonSerializer.Deserialize(body, ProblemJson.Default.Problem);
        }
        catch (Exception e) when (e is JsonException or HttpRequestException)
        {
            return null;
        }
    }

    private static int ExitCodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => Terminal.ExitCode.NotAuthorised,
        HttpStatusCode.NotFound => Terminal.ExitCode.NotFound,
        >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError => Terminal.ExitCode.Refused,
        _ => Terminal.ExitCode.ServerFault,
    };
}

/// <summary>The members of problem details that we show.</summary>
internal sealed record Problem(string? Title, string? Detail, Dictionary<string, string[]>? Errors);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Problem))]
internal sealed partial class ProblemJson : JsonSerializerContext;
