using System.Globalization;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using AgentSystem.WebConsole.Backends;

namespace AgentSystem.WebConsole.Tasks;

/// <summary>Finds what traces and logs have about a task.</summary>
public sealed class TaskEvidence(JaegerClient jaeger, LokiClient loki, TimeProvider time)
{
    /// <summary>How many of the newest traces are asked for.</summary>
    public const int MaxTraces = 10;

    /// <summary>How many of the newest lines are asked for.</summary>
    public const int MaxLines = 500;

    // Spans and lines begin before the journal's first word (the request) and end after its last one.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    /// <summary>The traces of its newest attempts, from ids in the order of the attempts. One that was not kept, or has not arrived yet, is left out.</summary>
    public async Task<Answer<IReadOnlyList<Trace>>> TracesAsync(IReadOnlyCollection<string> traceIds, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(traceIds.TakeLast(MaxTraces).Select(id => jaeger.TraceAsync(id, cancellationToken)));
        return answers.FirstOrDefault(answer => answer.Problem is { Kind: not ProblemKind.NotFound })?.Problem is { } problem
            ? problem
            : Answer.Of<IReadOnlyList<Trace>>([.. answers.Where(answer => answer.IsData).Select(answer => answer.Value!)]);
    }

    /// <summary>The newest lines that name it or belong to one of its traces.</summary>
    public Task<Answer<IReadOnlyList<LogLine>>> LogsAsync(TaskView task, IReadOnlyCollection<string> traceIds, CancellationToken cancellationToken) =>
        loki.LinesAsync(LogQuery(task.Id, traceIds), task.CreatedAt - Margin, (task.FinishedAt ?? time.GetUtcNow()) + Margin, MaxLines, newestFirst: true, cancellationToken);

    /// <summary>LogQL for them. An id is letters, digits, '-' and '_', and a trace id hexadecimal: neither needs quoting within quotes.</summary>
    public static string LogQuery(string taskId, IEnumerable<string> traceIds)
    {
        var ids = traceIds.Select(id => $"{TelemetryNames.Logs.TraceId}=\"{id}\"").Append($"{TelemetryNames.Logs.TaskId}=\"{taskId}\"");
        return $$"""{service_name=~".+"} | {{string.Join(" or ", ids)}}""";
    }

    /// <summary>The page of the logs that shows them.</summary>
    public static string LogsHref(TaskView task, IEnumerable<string> traceIds, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(task);
        var (from, to) = (task.CreatedAt - Margin, (task.FinishedAt ?? now) + Margin);
        return string.Create(CultureInfo.InvariantCulture,
            $"/logs?query={Uri.EscapeDataString(LogQuery(task.Id, traceIds))}&from={from.ToUnixTimeMilliseconds()}&to={to.ToUnixTimeMilliseconds()}");
    }
}
