using System.Globalization;
using System.Text.Json;
using AgentSystem.Protocol;
using AgentSystem.ServiceDefaults.Backends;
using Microsoft.Extensions.Options;

namespace AgentSystem.Orchestrator.Why.Evidence;

/// <summary>What was logged about a task at level warning and above, over Loki's HTTP API.</summary>
internal sealed class LokiLogs(IHttpClientFactory clients, IOptions<WhyOptions> options, TimeProvider time)
{
    /// <summary>Name of the HTTP client.</summary>
    internal const string Client = "loki";

    // More of them tell people nothing new.
    private const int MaxLines = 100;

    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    /// <summary>The lines that name the task or belong to one of its traces, oldest first.</summary>
    internal Task<Answer<LogLine>> FindAsync(
        string taskId, IReadOnlyCollection<string> traceIds, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation)
    {
        if (options.Value.LokiUrl.Length == 0)
            return Task.FromResult(Answer<LogLine>.Off("logs", WhyOptions.LokiVariable));
        var path = string.Create(CultureInfo.InvariantCulture,
            $"loki/api/v1/query_range?query={Uri.EscapeDataString(Query(taskId, traceIds))}&start={LokiText.Nanoseconds(from - Margin)}&end={LokiText.Nanoseconds(to + Margin)}&limit={MaxLines}&direction=forward");
        return Answer<LogLine>.AskAsync("logs", "Loki", "warning or error", async limit =>
        {
            using var http = clients.CreateClient(Client);
            using var response = await http.GetAsync(new Uri(path, UriKind.Relative), limit);
            response.EnsureSuccessStatusCode();
            await using var body = await response.Content.ReadAsStreamAsync(limit);
            var answer = await JsonSerializer.DeserializeAsync(body, LokiJson.Default.LokiAnswer, limit);
            return [.. (answer?.Data?.Result ?? []).SelectMany(Lines).OrderBy(line => line.At)];
        }, options.Value.Patience, time, cancellation);
    }

    // An id is letters, digits, '-' and '_', and a trace id hexadecimal: neither needs quoting within quotes.
    private static string Query(string taskId, IReadOnlyCollection<string> traceIds)
    {
        var ids = string.Join(" or ", traceIds.Select(id => $"{TelemetryNames.Logs.TraceId}=\"{id}\"").Append($"{TelemetryNames.Logs.TaskId}=\"{taskId}\""));
        return $$"""{service_name=~".+"} | detected_level=~"warn|error|critical|fatal" | {{ids}}""";
    }

    private static IEnumerable<LogLine> Lines(LokiResult stream)
    {
        var labels = stream.Stream ?? new Dictionary<string, string>();
        return stream.Lines.Select(line => new LogLine(
            line.At,
            labels.GetValueOrDefault("detected_level", "unknown"),
            labels.GetValueOrDefault("service_name", ""),
            LokiText.Message(line.Text),
            labels.GetValueOrDefault(TelemetryNames.Logs.TraceId),
            int.TryParse(labels.GetValueOrDefault(TelemetryNames.Logs.Attempt), out var attempt) ? attempt : null));
    }
}
