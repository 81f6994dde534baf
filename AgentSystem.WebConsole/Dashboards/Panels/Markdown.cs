using Markdig;

namespace AgentSystem.WebConsole.Dashboards.Panels;

/// <summary>Markdown of dashboards as HTML. HTML in it is shown as text, so that a file cannot bring scripts along.</summary>
internal static class Markdown
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().DisableHtml().UsePipeTables().UseAutoLinks().Build();

    internal static string Html(string text) => Markdig.Markdown.ToHtml(text, Pipeline);
}
