namespace AgentSystem.TelemetryStore.Loki;

/// <summary>A request that is answered with an error in plain text, as Loki's are.</summary>
internal sealed class LokiException(int statusCode, string message) : Exception(message)
{
    internal int StatusCode => statusCode;

    internal static LokiException BadRequest(string message) => new(StatusCodes.Status400BadRequest, message);
}
