using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentSystem.ServiceDefaults.Backends;

/// <summary>
/// What Loki's HTTP API answers to a query for lines, as far as we read it:
/// https://grafana.com/docs/loki/latest/reference/loki-http-api/.
/// </summary>
/// <param name="Data">What was found.</param>
public sealed record LokiAnswer(LokiData? Data);

/// <summary>What was found.</summary>
/// <param name="Result">Lines, by stream.</param>
public sealed record LokiData(IReadOnlyList<LokiResult>? Result);

/// <summary>Lines with the same labels.</summary>
/// <param name="Stream">The labels, and what the query made of the lines.</param>
/// <param name="Values">Each is a timestamp in nanoseconds (as text), a line, and perhaps its metadata.</param>
public sealed record LokiResult(IReadOnlyDictionary<string, string>? Stream, IReadOnlyList<IReadOnlyList<JsonElement>>? Values)
{
    /// <summary>The lines with their moments (UTC).</summary>
    /// <exception cref="FormatException">A timestamp is no whole number.</exception>
    [JsonIgnore]
    public IEnumerable<(DateTimeOffset At, string Text)> Lines => (Values ?? []).Where(value => value.Count >= 2).Select(value =>
        (DateTimeOffset.UnixEpoch.AddTicks(long.Parse(value[0].GetString()!, CultureInfo.InvariantCulture) / 100), value[1].GetString()!));
}

/// <summary>Moments and lines between Loki's form and that of people.</summary>
public static class LokiText
{
    /// <summary>A moment as Loki takes it: Unix nanoseconds.</summary>
    public static long Nanoseconds(DateTimeOffset at) => (at - DateTimeOffset.UnixEpoch).Ticks * 100;

    /// <summary>What a line says: the message, where it is one of our console's JSON objects that was collected from a file.</summary>
    public static string Message(string line)
    {
        if (line is not ['{', ..])
            return line;
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String ? message.GetString()! : line;
        }
        catch (JsonException)
        {
            return line;
        }
    }
}

/// <summary>How they are read.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LokiAnswer))]
public sealed partial class LokiJson : JsonSerializerContext;
