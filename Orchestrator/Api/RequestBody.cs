using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AgentSystem.Orchestrator.Api;

/// <summary>Reads a body of a known shape.</summary>
internal static class RequestBody
{
    /// <exception cref="BadInputException">It is not JSON, or not of that shape.</exception>
    internal static async Task<T> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type)
        where T : class
    {
        if (!request.HasJsonContentType())
            throw new BadInputException(StatusCodes.Status415UnsupportedMediaType, "The body has to be JSON.", "Send the header 'Content-Type: application/json'.");
        try
        {
            return await request.ReadFromJsonAsync(type, request.HttpContext.RequestAborted) ?? throw new JsonException("It is null.");
        }
        catch (JsonException e)
        {
            throw new BadInputException(StatusCodes.Status400BadRequest, "The body cannot be read.", e.Message);
        }
    }
}
