using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentSystem.WebConsole.Backends;

/// <summary>Prometheus's HTTP API: https://prometheus.io/docs/prometheus/latest/querying/api/.</summary>
public sealed class PrometheusClient(IHttpClientFactory clients, BackendHealth health, TimeProvider time)
    : BackendClient(Backend.Prometheus, clients, health, time)
{
    /// <summary>What an expression is at one moment.</summary>
    /// <param name="expression">PromQL that is a vector or a scalar.</param>
    /// <param name="at">The moment; now when null.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public async Task<Answer<IReadOnlyList<Sample>>> QueryAsync(
        string expression, DateTimeOffset? at = null, CancellationToken cancellationToken = default)
    {
        var path = $"api/v1/query?query={Uri.EscapeDataString(expression)}{(at is { } moment ? $"&time={Seconds(moment)}" : "")}";
        return Read(await GetAsync(path, PrometheusJson.Default.PrometheusAnswer, cancellationToken), Samples);
    }

    /// <summary>How an expression went over time.</summary>
    /// <param name="expression">PromQL that is a vector or a scalar.</param>
    /// <param name="from">The first point.</param>
    /// <param name="to">The last moment that a point may be at.</param>
    /// <param name="step">From point to point; Prometheus refuses more than 11,000 points.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public async Task<Answer<IReadOnlyList<Series>>> QueryRangeAsync(
        string expression, DateTimeOffset from, DateTimeOffset to, TimeSpan step, CancellationToken cancellationToken = default)
    {
        var path = string.Create(CultureInfo.InvariantCulture,
            $"api/v1/query_range?query={Uri.EscapeDataString(expression)}&start={Seconds(from)}&end={Seconds(to)}&step={step.TotalSeconds}");
        return Read(await GetAsync(path, PrometheusJson.Default.PrometheusAnswer, cancellationToken), ManySeries);
    }

    /// <summary>The single measurements that are known of the series that an expression selects.</summary>
    public async Task<Answer<IReadOnlyList<Exemplar>>> ExemplarsAsync(
        string expression, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken = default)
    {
        var path = $"api/v1/query_exemplars?query={Uri.EscapeDataString(expression)}&start={Seconds(from)}&end={Seconds(to)}";
        return Read(await GetAsync(path, PrometheusJson.Default.PrometheusAnswer, cancellationToken), answer => MetricValues.Exemplars(answer.Data));
    }

    /// <summary>A moment as Prometheus takes it: Unix seconds.</summary>
    public static string Seconds(DateTimeOffset at) => (at.ToUnixTimeMilliseconds() / 1000.0).ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    protected override string ReadError(string body)
    {
        try
        {
            // {"status":"error","errorType":"bad_data","error":"1:3: parse error: …"}
            return JsonSerializer.Deserialize(body, PrometheusJson.Default.PrometheusAnswer)?.Error ?? body;
        }
        catch (JsonException)
        {
            return body;
        }
    }

    /// <summary>An answer of another shape than the question allows is a mistake in the question.</summary>
    private Answer<T> Read<T>(Answer<PrometheusAnswer> answer, Func<PrometheusAnswer, T> read)
    {
        try
        {
            return answer.Map(read);
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return Refuse(e.Message);
        }
    }

    // {"status":"success","data":{"resultType":"vector","result":[…]}}
    private static IReadOnlyList<Sample> Samples(PrometheusAnswer answer) => answer.Data.GetProperty("resultType").GetString() switch
    {
        "vector" => MetricValues.Vector(answer.Data.GetProperty("result")),
        "scalar" => [new Sample(new Dictionary<string, string>(), MetricValues.Point(answer.Data.GetProperty("result")))],
        var other => throw new InvalidOperationException($"The expression is a {other}, where a vector or a scalar is needed."),
    };

    private static IReadOnlyList<Series> ManySeries(PrometheusAnswer answer) => MetricValues.Matrix(answer.Data.GetProperty("result"));
}

/// <summary>One value of a series.</summary>
/// <param name="At">When (UTC).</param>
/// <param name="Value">What; may be NaN or infinite.</param>
public readonly record struct Point(DateTimeOffset At, double Value);

/// <summary>A series at one moment.</summary>
/// <param name="Labels">Its labels, with <c>__name__</c> where it has a name.</param>
/// <param name="Point">Its value.</param>
public sealed record Sample(IReadOnlyDictionary<string, string> Labels, Point Point);

/// <summary>A series over time.</summary>
/// <param name="Labels">Its labels, with <c>__name__</c> where it has a name.</param>
/// <param name="Points">Its values, oldest first; a step without a value has no point.</param>
public sealed record Series(IReadOnlyDictionary<string, string> Labels, IReadOnlyList<Point> Points);

/// <summary>One measurement of those that a series counts.</summary>
/// <param name="Point">What was measured, and when.</param>
/// <param name="Series">The labels of the series, with <c>__name__</c>.</param>
/// <param name="Labels">Its own labels.</param>
public sealed record Exemplar(Point Point, IReadOnlyDictionary<string, string> Series, IReadOnlyDictionary<string, string> Labels)
{
    private static readonly string[] TraceLabels = ["trace_id", "traceID", "traceId"], SpanLabels = ["span_id", "spanID", "spanId"];

    /// <summary>The trace that it left; null when it does not say.</summary>
    public string? TraceId => First(TraceLabels);

    /// <summary>The span within.</summary>
    public string? SpanId => First(SpanLabels);

    private string? First(string[] names) => names.Select(name => Labels.GetValueOrDefault(name)).FirstOrDefault(id => id is not null);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PrometheusAnswer))]
internal sealed partial class PrometheusJson : JsonSerializerContext;

/// <summary>The envelope of every answer of Prometheus's API.</summary>
/// <param name="Status"><c>success</c> or <c>error</c>.</param>
/// <param name="Data">What was asked for.</param>
/// <param name="Error">What is wrong with the request.</param>
/// <param name="Warnings">What to know about the data.</param>
internal sealed record PrometheusAnswer(string Status, JsonElement Data, string? Error, IReadOnlyList<string>? Warnings);
