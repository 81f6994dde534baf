using System.Globalization;
using System.Text.Json.Serialization;
using AgentSystem.Protocol;
using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Dashboards.Format;

namespace AgentSystem.WebConsole.Traces;

/// <summary>What the pages of the traces ask Jaeger besides traces, and where they lead.</summary>
public static class TraceQueries
{
    // Lines are written a little before a span begins and after it ends.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    // Of a dashboard's time before and after a measurement.
    private static readonly TimeSpan Around = TimeSpan.FromMinutes(15);

    private const string Bucket = "_bucket", Total = "_total";

    /// <summary>Who has sent spans.</summary>
    public static async Task<Answer<IReadOnlyList<string>>> ServicesAsync(this JaegerClient jaeger, CancellationToken cancellationToken) =>
        Sorted(await jaeger.GetAsync("api/services", TraceQueriesJson.Default.JaegerNames, cancellationToken));

    /// <summary>What a service's spans are called.</summary>
    public static async Task<Answer<IReadOnlyList<string>>> OperationsAsync(this JaegerClient jaeger, string service, CancellationToken cancellationToken) =>
        Sorted(await jaeger.GetAsync($"api/services/{Uri.EscapeDataString(service)}/operations", TraceQueriesJson.Default.JaegerNames, cancellationToken));

    /// <summary>The measurements of tasks that point to a trace, the oldest first: each of the series that it is counted by has it, and it is one.</summary>
    public static async Task<Answer<IReadOnlyList<Exemplar>>> OfTraceAsync(
        this PrometheusClient prometheus, string traceId, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prometheus);
        return (await prometheus.ExemplarsAsync("{__name__=~\"task_.+\"}", from - Margin, to + Margin, cancellationToken)).Map<IReadOnlyList<Exemplar>>(all =>
            [.. all.Where(exemplar => exemplar.TraceId == traceId).DistinctBy(exemplar => (NameOf(exemplar), exemplar.Point)).OrderBy(exemplar => exemplar.Point.At)]);
    }

    /// <summary>What was measured.</summary>
    public static string NameOf(Exemplar exemplar)
    {
        ArgumentNullException.ThrowIfNull(exemplar);
        var name = exemplar.Series.GetValueOrDefault("__name__", "");
        return name.EndsWith(Bucket, StringComparison.Ordinal) ? name[..^Bucket.Length] : name;
    }

    /// <summary>How much it was, in the unit that Prometheus's names end with.</summary>
    public static string ValueOf(Exemplar exemplar)
    {
        var name = NameOf(exemplar);
        name = name.EndsWith(Total, StringComparison.Ordinal) ? name[..^Total.Length] : name;
        var unit = name.EndsWith("_seconds", StringComparison.Ordinal) ? "s" : name.EndsWith("_bytes", StringComparison.Ordinal) ? "bytes" : "none";
        return Units.Of(unit)(exemplar.Point.Value, null).ToString();
    }

    /// <summary>The dashboard that has the measurement, at its time.</summary>
    public static string DashboardHref(Exemplar exemplar)
    {
        ArgumentNullException.ThrowIfNull(exemplar);
        return string.Create(CultureInfo.InvariantCulture,
            $"/d/task-processing-overview?from={(exemplar.Point.At - Around).ToUnixTimeMilliseconds()}&to={(exemplar.Point.At + Around).ToUnixTimeMilliseconds()}");
    }

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
