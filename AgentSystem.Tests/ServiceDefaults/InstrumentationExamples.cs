using System.Diagnostics;
using System.Diagnostics.Metrics;
using AgentSystem.Protocol;
using AgentSystem.ServiceDefaults.Instrumentation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Prometheus;

namespace AgentSystem.Tests.ServiceDefaults;

/// <summary>The examples of docs/instrumentation.md: every region is one of its code blocks. Run by <see cref="InstrumentationDocumentTests"/>.</summary>
internal static partial class InstrumentationExamples
{
    internal static void Trace(TaskInstrumentation tasks, AgentTask task, Func<AgentTask, string> work)
    {
        #region trace a task
        using var scope = tasks.Start(task);
        try
        {
            work(task);
            scope.Complete();
        }
        catch (FileNotFoundException e)
        {
            scope.Fail("file_not_found", $"{e.FileName} is not there; check payload.path");
        }
        #endregion
    }

    #region trace a step
    private static readonly ActivitySource Steps = new("AgentSystem.Translator");

    internal static string Translate(string text)
    {
        using var step = Steps.StartActivity("translate");
        step?.SetTag("text.length", text.Length);
        return text.ToUpperInvariant();
    }
    #endregion

    #region record metrics
    internal sealed class TranslatorInstruments(IMetricFactory metrics)
    {
        private readonly Histogram _pages = metrics.CreateHistogram(
            "translator_document_pages", "Pages per document.", ["language"], new HistogramConfiguration { Buckets = [1, 10, 100, 1000] });

        private readonly Counter _documents = metrics.CreateCounter("translator_documents_total", "Documents translated.", ["language"]);

        internal void Translated(string language, int pages)
        {
            _documents.WithLabels(language).Inc();
            _pages.WithLabels(language).Observe(pages);
        }
    }
    #endregion

    #region custom metrics with a .NET meter
    private static readonly Meter Meter = new("AgentSystem.Translator");
    private static readonly Counter<long> Words = Meter.CreateCounter<long>("translator.words", "{word}", "Words translated.");

    internal static void CountWords(string text) =>
        Words.Add(text.Split(' ').Length, new KeyValuePair<string, object?>("language", "de"));
    #endregion

    internal static void SetLogContext(ILogger logger)
    {
        #region set log context
        using (logger.WithContext(("document", "report.md"), ("pages", 12)))
        {
            LogTranslating(logger);
        }
        #endregion
    }

    #region a log message
    [LoggerMessage(Level = LogLevel.Information, Message = "Translating")]
    private static partial void LogTranslating(ILogger logger);
    #endregion

    internal static Activity? ThroughAFile(string path, AgentTask task)
    {
        #region trace context through a file
        // Inject: the file carries the current span's context.
        ProtocolFile.Write(path, task with { TraceContext = TraceCarrier.From(Activity.Current) }, ProtocolJson.Default.AgentTask);

        // Extract, in another process: what happens next is a child of that span.
        var read = ProtocolFile.ReadTask(path, task.Worker);
        var child = Steps.StartActivity("read", ActivityKind.Consumer, read.TraceContext.ToActivityContext());
        #endregion
        return child;
    }

    internal static Activity? ThroughAPipe(AgentTask task, Func<byte[], byte[]> pipe)
    {
        #region trace context through a pipe
        // Inject: a line says which span sent it.
        var line = new StatusLine
        {
            TaskId = task.Id,
            Worker = task.Worker,
            Status = LineStatus.Progress,
            Progress = 0.5,
            At = DateTimeOffset.UtcNow,
            Traceparent = TraceCarrier.From(Activity.Current).Traceparent ?? "",
        };
        var bytes = pipe(line.ToBytes());

        // Extract, at the other end.
        if (!StatusLine.TryParse(bytes.AsSpan().TrimEnd((byte)'\n'), out var received, out var error))
            throw new InvalidDataException(error);
        var child = TaskActivities.StartReceive(received);
        #endregion
        return child;
    }

    internal static async Task<string> ThroughTheEnvironment()
    {
        #region trace context through the environment
        // Inject: a child process finds TRACEPARENT, TRACESTATE and BAGGAGE in its environment.
        var start = new ProcessStartInfo("sh", ["-c", "echo $TRACEPARENT"]) { RedirectStandardOutput = true };
        TraceCarrier.From(Activity.Current).ToEnvironment(start.Environment);
        using var process = Process.Start(start)!;
        var printed = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        // Extract, in a child that is written in .NET.
        var parent = TraceCarrier.FromEnvironment().ToActivityContext();
        #endregion
        _ = parent;
        return printed.Trim();
    }

    #region a health check
    internal sealed class DictionaryCheck(Func<CancellationToken, Task<int>> countWords) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            var words = await countWords(cancellationToken);
            var data = new Dictionary<string, object> { ["words"] = words };
            return words > 0
                ? HealthCheckResult.Healthy("the dictionary is loaded", data)
                : HealthCheckResult.Unhealthy("the dictionary is empty; set Translator__Dictionary to a word list", data: data);
        }
    }
    #endregion

    internal static void AddHealthCheck(IHostApplicationBuilder builder)
    {
        #region add a health check
        builder.Services.AddHealthChecks().AddCheck<DictionaryCheck>("dictionary");
        #endregion
    }
}
