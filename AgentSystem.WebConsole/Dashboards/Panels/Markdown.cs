using Markdig;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace AgentSystem.WebConsole.Dashboards.Panels;

/// <summary>Markdown of dashboards as HTML. HTML in it is text, links lead to pages, and nothing is fetched from elsewhere.</summary>
internal static class Markdown
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().DisableHtml().UsePipeTables().UseAutoLinks().Build();

    internal static string Html(string text)
    {
        var document = Markdig.Markdown.Parse(text, Pipeline);
        foreach (var link in document.Descendants<LinkInline>().ToArray())
        {
            if (link.IsImage)
                link.ReplaceBy(new LiteralInline($"(an image, which is not supported: {link.Url})"));
            else if (!IsPage(link.Url))
                link.Url = "#";
            else
                link.GetAttributes().AddPropertyIfNotExist("rel", "noreferrer");
        }
        foreach (var link in document.Descendants<AutolinkInline>().Where(link => !IsPage(link.Url)).ToArray())
            link.ReplaceBy(new LiteralInline(link.Url));
        return document.ToHtml(Pipeline);
    }

    private static bool IsPage(string? url) =>
        url is not null && (url.StartsWith('/') || url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || url.StartsWith("http://", StringComparison.OrdinalIgnoreCase));
}
