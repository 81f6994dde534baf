using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using AgentSystem.Protocol;
using AgentSystem.ServiceDefaults.Instrumentation;
using AgentSystem.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Prometheus;

namespace AgentSystem.Tests.ServiceDefaults;

/// <summary>docs/instrumentation.md shows code that compiles, because it is compiled; and that works, because it is run.</summary>
public sealed partial class InstrumentationDocumentTests
{
    [Fact]
    public void Every_code_block_of_the_page_is_a_region_of_the_examples_and_every_region_is_on_the_page()
    {
        var blocks = Blocks().Matches(Read("docs", "instrumentation.md")).Select(m => m.Groups[1].Value.TrimEnd());
        var regions = Regions().Matches(Read("AgentSystem.Tests", "ServiceDefaults", "InstrumentationExamples.cs")).Select(m => Unindent(m.Groups[1].Value));
        Assert.Equal(regions.Order(StringComparer.Ordinal), blocks.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Tracing_a_task_and_a_step_of_it()
    {
        await using var service = await TestService.StartAsync();
        var tasks = service.Get<TaskInstrumentation>();
        var task = NewTask("doc-trace");
        InstrumentationExamples.Trace(tasks, task, _ => InstrumentationExamples.Translate("hello"));
        InstrumentationExamples.Trace(tasks, NewTask("doc-fail"), _ => throw new FileNotFoundException(null, "a.md"));

        var process = service.Recorder.Spans.Ended.Single(s => s.DisplayName == "process doc-trace");
        Assert.Contains(service.Recorder.Spans.Ended, s => s.OperationName == "translate" && s.ParentSpanId == process.SpanId);
        var failed = service.Recorder.Spans.Ended.Single(s => s.DisplayName == "process doc-fail");
        Assert.Equal("a.md is not there; check payload.path", failed.StatusDescription);
    }

    [Fact]
    public async Task Recording_metrics()
    {
        await using var service = await TestService.StartAsync();
        new InstrumentationExamples.TranslatorInstruments(service.Get<IMetricFactory>()).Translated("de", 12);
        InstrumentationExamples.CountWords("three small words");
        var text = await service.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));

        Assert.Contains("translator_documents_total{language=\"de\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("translator_document_pages_sum{language=\"de\"} 12\n", text, StringComparison.Ordinal);
        Assert.Contains("translator_words_total{language=\"de\"} 3\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Setting_log_context()
    {
        await using var service = await TestService.StartAsync();
        InstrumentationExamples.SetLogContext(service.Get<ILogger<InstrumentationDocumentTests>>());
        var line = service.Recorder.Lines.Single(l => l.MessageTemplate.Text == "Translating");
        Assert.Equal("\"report.md\"", line.Properties["document"].ToString());
        Assert.Equal("12", line.Properties["pages"].ToString());
    }

    [Fact]
    public async Task Carrying_the_trace_through_file_pipe_and_environment()
    {
        await using var service = await TestService.StartAsync();
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder[SharedVolume.Incoming]);
        var task = NewTask("doc-carry");
        using var outer = new Activity("outer").SetIdFormat(ActivityIdFormat.W3C).Start();
        outer.ActivityTraceFlags = ActivityTraceFlags.Recorded;

        using var fromFile = InstrumentationExamples.ThroughAFile(folder[task.Id + ".json"], task);
        Assert.Equal(outer.SpanId, fromFile!.ParentSpanId);
        fromFile.Dispose();
        using var fromPipe = InstrumentationExamples.ThroughAPipe(task, bytes => bytes);
        Assert.Equal(outer.SpanId, fromPipe!.ParentSpanId);
        fromPipe.Dispose();
        Assert.Equal($"00-{outer.TraceId}-{outer.SpanId}-01", await InstrumentationExamples.ThroughTheEnvironment());
    }

    [Theory]
    [InlineData(0, HttpStatusCode.ServiceUnavailable)]
    [InlineData(7, HttpStatusCode.OK)]
    public async Task A_health_check_with_what_it_found(int words, HttpStatusCode code)
    {
        await using var service = await TestService.StartAsync(configure: builder =>
        {
            builder.Services.AddSingleton<Func<CancellationToken, Task<int>>>(_ => Task.FromResult(words));
            InstrumentationExamples.AddHealthCheck(builder);
        });
        using var response = await service.SendAsync("/health");
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(code, response.StatusCode);
        Assert.Equal(words, body.RootElement.GetProperty("checks").GetProperty("dictionary").GetProperty("data").GetProperty("words").GetInt32());
    }

    private static AgentTask NewTask(string worker) => new()
    {
        Id = TaskId.New(DateTimeOffset.UnixEpoch),
        Type = "translate",
        Worker = worker,
        CreatedAt = DateTimeOffset.UnixEpoch,
        Payload = JsonDocument.Parse("{}").RootElement,
    };

    private static string Read(params string[] path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "AgentSystem.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("No AgentSystem.sln above the tests; run them from a clone.");
        return File.ReadAllText(Path.Combine([folder.FullName, .. path])).ReplaceLineEndings("\n");
    }

    private static string Unindent(string code)
    {
        var lines = code.TrimEnd().Split('\n');
        var indent = lines.Where(l => l.Trim().Length > 0).Min(l => l.Length - l.TrimStart().Length);
        return string.Join('\n', lines.Select(l => l.Length > indent ? l[indent..] : ""));
    }

    [GeneratedRegex("^```csharp\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Blocks();

    [GeneratedRegex("^ *#region [^\n]*\n(.*?)^ *#endregion", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Regions();
}
