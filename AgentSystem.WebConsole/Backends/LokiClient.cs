using System.Globalization;
using AgentSystem.ServiceDefaults.Backends;

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
            $"loki/api/v1/query_range?query={Uri.EscapeDataString(query)}&start={LokiText.Nanoseconds(from)}&end={LokiText.Nanoseconds(to)}&limit={limit}&direction={(newestFirst ? "backward" : "forward")}");
        var answer = await GetAsync(path, LokiJson.Default.LokiAnswer, cancellationToken);
        return answer.Map<IReadOnlyList<LogLine>>(a =>
        {
            var lines = (a.Data?.Result ?? []).SelectMany(Lines);
            return [.. newestFirst ? lines.OrderByDescending(line => line.At) : lines.OrderBy(line => line.At)];
        });
    }

    internal static IEnumerable<LogLine> Lines(LokiResult stream) =>
        stream.Lines.Select(line => new LogLine(line.At, line.Text, stream.Stream ?? new Dictionary<string, string>()));
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
    public string Message => LokiText.Message(Text);
}
