using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentSystem.WebConsole.Backends;

/// <summary>Loki's HTTP API, or the telemetry store's in its place: https://grafana.com/docs/loki/latest/reference/loki-http-api/.</summary>
public sealed class LokiClient(IHttpClientFactory clients, BackendHealth health, TimeProvider time)
    : BackendClient(Backend.Loki, clients, health, time)
{
    /// <summary>The lines that a query selects, in the order that is asked for.</summary>
    /// <param name="query">LogQL that selects lines.</param>
    /// <param name="from">The first moment.</param>
    /// <param name="to">The first moment that is too late.</param>
    /// <param name="limit">How many lines at most.</param>
    /// <param name="newestFirst">Whether the newest come first; they are also those that are kept when there are more.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public async Task<Answer<IReadOnlyList<LogLine>>> LinesAsync(
        string query, DateTimeOffset from, DateTimeOffset to, int limit, bool newestFirst, CancellationToken cancellationToken = default)
    {
        var path = string.Create(CultureInfo.InvariantCulture,
            $"loki/api/v1/query_range?query={Uri.EscapeDataString(query)}&start={Nanoseconds(from)}&end={Nanoseconds(to)}&limit={limit}&direction={(newestFirst ? "backward" : "forward")}");
        var answer = await GetAsync(path, LokiJson.Default.LokiAnswer, cancellationToken);
        return answer.Map<IReadOnlyList<LogLine>>(a =>
        {
            var lines = (a.Data?.Result ?? []).SelectMany(Lines);
            return [.. newestFirst ? lines.OrderByDescending(line => line.At) : lines.OrderBy(line => line.At)];
        });
    }

    /// <summary>A moment as Loki takes it: Unix nanoseconds.</summary>
    public static long Nanoseconds(DateTimeOffset at) => (at - DateTimeOffset.UnixEpoch).Ticks * 100;

    internal static IEnumerable<LogLine> Lines(LokiStream stream) =>
        (stream.Values ?? []).Where(value => value.Count >= 2).Select(value => new LogLine(
            DateTimeOffset.UnixEpoch.AddTicks(long.Parse(value[0].GetString()!, CultureInfo.InvariantCulture) / 100),
            value[1].GetString()!,
            stream.Stream ?? new Dictionary<string, string>()));
}

/// <summary>A line of a log.</summary>
/// <param name="At">When (UTC).</param>
/// <param name="Text">The line as it was written.</param>
/// <param name="Labels">Labels of its stream and fields beside it.</param>
public sealed record LogLine(DateTimeOffset At, string Text, IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>Its level as a word: what it says, else what Loki made of it.</summary>
    public string Level => Labels.GetValueOrDefault("detected_level") ?? Labels.GetValueOrDefault("level") ?? "unknown";

    /// <summary>Who wrote it.</summary>
    public string Service => Labels.GetValueOrDefault("service_name") ?? "";

    /// <summary>What it says: the message, where the line is one of our console's JSON objects that was collected from a file.</summary>
    public string Message
    {
        get
        {
            if (Text is not ['{', ..])
                return Text;
            try
            {
                using var json = JsonDocument.Parse(Text);
                return json.RootElement.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String ? message.GetString()! : Text;
            }
            catch (JsonException)
            {
                return Text;
            }
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LokiAnswer))]
internal sealed partial class LokiJson : JsonSerializerContext;

internal sealed record LokiAnswer(LokiData? Data);

internal sealed record LokiData(IReadOnlyList<LokiStream>? Result);

/// <summary>Each value is a timestamp in nanoseconds (as text), a line, and perhaps its metadata.</summary>
internal sealed record LokiStream(IReadOnlyDictionary<string, string>? Stream, IReadOnlyList<IReadOnlyList<JsonElement>>? Values);
