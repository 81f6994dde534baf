using System.Globalization;
using System.Net;
using System.Text.Json;
using AgentSystem.Protocol;
using AgentSystem.ServiceDefaults.Backends;
using AgentSystem.ServiceDefaults.Telemetry;
using Microsoft.Extensions.Options;

namespace AgentSystem.Orchestrator.Why.Evidence;

/// <summary>A task's spans, over Jaeger's HTTP query API.</summary>
internal sealed class JaegerTraces(IHttpClientFactory clients, IOptions<WhyOptions> options, ServiceIdentity self, TimeProvider time)
{
    /// <summary>Name of the HTTP client.</summary>
    internal const string Client = "jaeger";

    // A retry is a trace of its own, and no task has more than 100 attempts.
    private const int MaxTraces = 100;

    // Spans begin before the journal's first word (the request) and end after its last one.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The spans of the traces whose ids are known and, since a retry's trace need not be, of those in which we did something
    /// for the task: we settled an attempt or read its status lines.
    /// </summary>
    internal Task<Answer<TaskSpan>> FindAsync(
        string taskId, IReadOnlyCollection<string> traceIds, bool search, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation)
    {
        if (options.Value.JaegerUrl.Length == 0)
            return Task.FromResult(Answer<TaskSpan>.Off("traces", WhyOptions.JaegerVariable));
        return Answer<TaskSpan>.AskAsync("traces", "Jaeger", "span", async limit =>
        {
            using var http = clients.CreateClient(Client);
            var questions = traceIds.Select(id => GetAsync(http, $"api/traces/{id}", limit)).ToList();
            if (search)
                questions.Add(GetAsync(http, Search(taskId, from - Margin, to + Margin), limit));
            var answers = await Task.WhenAll(questions);
            return [.. answers.SelectMany(a => a).DistinctBy(s => (s.TraceId, s.SpanId))];
        }, options.Value.Patience, time, cancellation);
    }

    private string Search(string taskId, DateTimeOffset from, DateTimeOffset to)
    {
        var tags = JsonSerializer.Serialize(new() { [TelemetryNames.Attributes.TaskId] = taskId }, JaegerJson.Default.DictionaryStringString);
        return string.Create(CultureInfo.InvariantCulture,
            $"api/traces?service={Uri.EscapeDataString(self.Name)}&tags={Uri.EscapeDataString(tags)}&start={Micros(from)}&end={Micros(to)}&limit={MaxTraces}");
    }

    private static async Task<IEnumerable<TaskSpan>> GetAsync(HttpClient http, string path, CancellationToken cancellation)
    {
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative), cancellation);
        // A trace that was not kept, or has not arrived yet.
        if (response.StatusCode == HttpStatusCode.NotFound)
            return [];
        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        var answer = await JsonSerializer.DeserializeAsync(body, JaegerJson.Default.JaegerAnswer, cancellation);
        return (answer?.Data ?? []).SelectMany(trace => (trace.Spans ?? []).Select(span => Read(span, trace)));
    }

    private static TaskSpan Read(JaegerSpan span, JaegerTrace trace) => new(
        span.TraceId, span.SpanId, span.ParentId, span.OperationName ?? "", trace.Processes?.GetValueOrDefault(span.ProcessId ?? "")?.ServiceName ?? "",
        span.Start, span.Start + span.Took, JaegerTag.Read(span.Tags));

    private static long Micros(DateTimeOffset at) => (at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
