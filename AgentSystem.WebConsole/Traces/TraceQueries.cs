using System.Globalization;
using System.Text.Json.Serialization;
using AgentSystem.Protocol;
using AgentSystem.WebConsole.Backends;

namespace AgentSystem.WebConsole.Traces;

/// <summary>What the pages of the traces ask Jaeger besides traces, and where they lead.</summary>
public static class TraceQueries
{
    // Lines are written a little before a span begins and after it ends.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    /// <summary>Who has sent spans.</summary>
    public static async Task<Answer<IReadOnlyList<string>>> ServicesAsync(this JaegerClient jaeger, CancellationToken cancellationToken) =>
        Sorted(await jaeger.GetAsync("api/services", TraceQueriesJson.Default.JaegerNames, cancellationToken));

    /// <summary>What a service's spans are called.</summary>
    public static async Task<Answer<IReadOnlyList<string>>> OperationsAsync(this JaegerClient jaeger, string service, CancellationToken cancellationToken) =>
        Sorted(await jaeger.GetAsync($"api/services/{Uri.EscapeDataString(service)}/operations", TraceQueriesJson.Default.JaegerNames, cancellationToken));

    /// <summary>The page of a trace, at one of its spans.</summary>
    public static string TraceHref(string traceId, string? spanId = null) =>
        $"/traces/{Uri.EscapeDataString(traceId)}{(spanId is null ? "" : $"?span={Uri.EscapeDataString(spanId)}")}";

    /// <summary>The page of the logs with what was written during a trace, or one of its spans.</summary>
    public static string LogsHref(string traceId, DateTimeOffset from, DateTimeOffset to, string? spanId = null)
    {
        var query = $"{{service_name=~\".+\"}} | {TelemetryNames.Logs.TraceId}=\"{traceId}\"{(spanId is null ? "" : $" | {TelemetryNames.Logs.SpanId}=\"{spanId}\"")}";
        return string.Create(CultureInfo.InvariantCulture,
            $"/logs?query={Uri.EscapeDataString(query)}&from={(from - Margin).ToUnixTimeMilliseconds()}&to={(to + Margin).ToUnixTimeMilliseconds()}");
    }

    private static Answer<IReadOnlyList<string>> Sorted(Answer<JaegerNames> answer) =>
        answer.Map<IReadOnlyList<string>>(names => [.. (names.Data ?? []).Distinct().Order(StringComparer.OrdinalIgnoreCase)]);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(JaegerNames))]
internal sealed partial class TraceQueriesJson : JsonSerializerContext;

internal sealed record JaegerNames(IReadOnlyList<string>? Data);
