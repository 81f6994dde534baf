using System.Text.Json;

namespace AgentSystem.WebConsole.Backends;

/// <summary>Errors of our own services, problem details (RFC 9457), as a sentence.</summary>
internal static class ProblemDetailsText
{
    /// <summary>Title and detail; the text itself where it is something else.</summary>
    internal static string Of(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return $"{Text(json, "title")} {Text(json, "detail")}".Trim() is { Length: > 0 } text ? text : body;
        }
        catch (JsonException)
        {
            return body;
        }
    }

    private static string? Text(JsonDocument json, string name) =>
        json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(name, out var value) ? value.ToString() : null;
}
