using Markdig;
using Markdig.Extensions.TaskLists;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace AgentSystem.WebConsole.Runbooks;

/// <summary>
/// Makes a page of Markdown. HTML in it is text; links lead to other runbooks or to the web, nowhere else; its first heading is the page's
/// title.
/// </summary>
internal static class RunbookMarkdown
{
    private static readonly MarkdownPipeline Pipeline =
        new MarkdownPipelineBuilder().UseAutoIdentifiers().UsePipeTables().UseTaskLists().UseAutoLinks().DisableHtml().Build();

    /// <summary>The page.</summary>
    /// <param name="name">The runbook's name, which is its title when it has no heading.</param>
    /// <param name="text">The Markdown.</param>
    public static Runbook Read(string name, string text)
    {
        var document = Markdown.Parse(text, Pipeline);
        var title = document.OfType<HeadingBlock>().FirstOrDefault(heading => heading.Level == 1);
        if (title is not null)
            document.Remove(title);
        foreach (var heading in document.Descendants<HeadingBlock>().Where(heading => heading.Level == 1))
            heading.Level = 2;
        // A box that nobody can tick needs no form field.
        foreach (var box in document.Descendants<TaskList>().ToArray())
            box.ReplaceBy(new LiteralInline(box.Checked ? "☑" : "☐"));
        foreach (var link in document.Descendants<LinkInline>().ToArray())
            Tame(link, name);
        foreach (var link in document.Descendants<AutolinkInline>().Where(link => !link.IsEmail && !IsWeb(link.Url)).ToArray())
            link.ReplaceBy(new LiteralInline(link.Url));
        return new(
            name,
            title?.Inline is { } inline ? PlainText(inline) : name,
            document.OfType<ParagraphBlock>().FirstOrDefault()?.Inline is { } first ? PlainText(first) : "",
            [
                .. document.Descendants<HeadingBlock>().Where(heading => heading.Level == 2)
                    .Select(heading => new RunbookHeading(heading.GetAttributes().Id ?? "", PlainText(heading.Inline!))),
            ],
            document.ToHtml(Pipeline));
    }

    private static void Tame(LinkInline link, string name)
    {
        var url = link.Url ?? "";
        if (link.IsImage)
        {
            // Nothing is fetched for a page of text.
            Unlink(link);
            return;
        }

        var (path, fragment) = url.Split('#', 2) is [var before, var after] ? (before, "#" + after) : (url, "");
        if (path.Length == 0)
            link.Url = $"/runbooks/{name}{fragment}";
        else if (path.EndsWith(".md", StringComparison.OrdinalIgnoreCase) && path[..^3].TrimStart('.', '/') is var other && RunbookLibrary.IsName(other))
            link.Url = $"/runbooks/{other}{fragment}";
        else if (IsWeb(url))
            link.GetAttributes().AddProperty("rel", "noreferrer");
        else
            Unlink(link);
    }

    private static void Unlink(LinkInline link) => link.ReplaceBy(new LiteralInline(PlainText(link)));

    private static bool IsWeb(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "mailto";

    private static string PlainText(ContainerInline inline) => string.Concat(inline.Descendants().Select(part => part switch
    {
        LiteralInline literal => literal.Content.ToString(),
        CodeInline code => code.Content,
        LineBreakInline => " ",
        AutolinkInline link => link.Url,
        HtmlEntityInline entity => entity.Transcoded.ToString(),
        _ => "",
    })).Trim();
}
