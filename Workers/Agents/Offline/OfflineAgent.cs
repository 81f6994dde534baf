using System.Text.Json;
using AgentSystem.Protocol;
using AgentSystem.Workers.Text;

namespace AgentSystem.Workers.Agents.Offline;

/// <summary>
/// Does real work with no key and no network: <c>document_analysis</c> (statistics, key phrases, readability, outline), <c>summarize</c>
/// (chooses sentences) and <c>process_document</c> (both). The same document always gives the same output.
/// </summary>
public sealed class OfflineAgent : IAgent
{
    private const int DefaultSentences = 5, DefaultPhrases = 12;

    /// <summary>The agent's name.</summary>
    public const string AgentName = "offline";

    public string Name => AgentName;

    public IReadOnlyCollection<string> TaskTypes { get; } = ["document_analysis", "summarize", "process_document"];

    public Task<JsonElement> RunAsync(AgentContext context, CancellationToken cancellation)
    {
        var analyse = context.Task.Type != "summarize";
        var summarize = context.Task.Type != "document_analysis";
        var sentences = Option(context.Task.Payload, "sentences", DefaultSentences);
        var phrases = Option(context.Task.Payload, "phrases", DefaultPhrases);
        var steps = new Steps(context, total: 2 + (analyse ? 4 : 0) + (summarize ? 1 : 0), cancellation);

        var document = steps.Do("read_document", context.ReadDocument);
        var blocks = steps.Do("parse_markdown", () => MarkdownReader.Read(document.Text));
        var analysis = !analyse ? null : new DocumentAnalysis(
            steps.Do("measure_text", () => TextStatistics.Of(document.Text, blocks)),
            steps.Do("score_readability", () => Readability.Of(blocks)),
            steps.Do("find_key_phrases", () => KeyPhrases.Of(blocks, phrases)),
            steps.Do("outline", () => OutlineEntry.Of(blocks)));
        var summary = !summarize ? null : steps.Do("summarize", () => Summarizer.Summarize(blocks, sentences));

        var title = blocks.FirstOrDefault(b => b.Kind == BlockKind.Heading)?.Text;
        var report = new DocumentReport(
            new DocumentSource(document.Path, title, document.Bytes),
            analysis,
            summary is null ? null : new DocumentSummary(string.Join(' ', summary.Select(s => s.Text)), summary));
        return Task.FromResult(JsonSerializer.SerializeToElement(report, OfflineJson.Default.DocumentReport));
    }

    private static int Option(JsonElement payload, string name, int usual)
    {
        if (!payload.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return usual;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number is >= 1 and <= 100
            ? number
            : throw new AgentException("invalid_payload", $"\"{name}\" has to be a whole number from 1 to 100.");
    }

    /// <summary>The steps of one task: each is a span, moves the progress on and is a place to stop.</summary>
    private sealed class Steps(AgentContext context, int total, CancellationToken cancellation)
    {
        private int _done;

        public T Do<T>(string name, Func<T> step)
        {
            cancellation.ThrowIfCancellationRequested();
            using var activity = TaskActivities.StartTool(name);
            try
            {
                var result = step();
                context.Report((double)++_done / total, name);
                return result;
            }
            catch (Exception e)
            {
                activity.Fail(e is AgentException known ? known.ErrorType : "agent_error", e.Message);
                throw;
            }
        }
    }
}
