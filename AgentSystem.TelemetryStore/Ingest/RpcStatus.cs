using System.Text.Json;
using AgentSystem.TelemetryStore.Otlp;

namespace AgentSystem.TelemetryStore.Ingest;

/// <summary>Writes <c>google.rpc.Status</c>, in which OTLP says why a request was not taken.</summary>
internal static class RpcStatus
{
    private const string RetryInfoType = "type.googleapis.com/google.rpc.RetryInfo";

    /// <summary>Binary form.</summary>
    /// <param name="code">gRPC's status code.</param>
    /// <param name="message">For developers: what is wrong.</param>
    /// <param name="retryAfter">When to try again; null when it would not help.</param>
    internal static byte[] Binary(int code, string message, TimeSpan? retryAfter)
    {
        var status = new ProtoWriter().Varint(1, (ulong)code).Text(2, message);
        if (retryAfter is { } delay)
        {
            var duration = new ProtoWriter().Varint(1, (ulong)delay.Ticks / TimeSpan.TicksPerSecond).Varint(2, (ulong)(delay.Ticks % TimeSpan.TicksPerSecond) * 100);
            status.Message(3, new ProtoWriter().Text(1, RetryInfoType).Message(2, new ProtoWriter().Message(1, duration)));
        }
        return status.ToArray();
    }

    /// <summary>JSON form.</summary>
    internal static byte[] Json(int code, string message) => JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object> { ["code"] = code, ["message"] = message });
}
