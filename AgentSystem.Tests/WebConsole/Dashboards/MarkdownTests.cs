using AgentSystem.WebConsole.Dashboards.Panels;

namespace AgentSystem.Tests.WebConsole.Dashboards;

public sealed class MarkdownTests
{
    [Theory]
    [InlineData("**a** `b`", "<strong>a</strong> <code>b</code>")]
    [InlineData("<script>alert(1)</script>", "&lt;script&gt;")]
    [InlineData("[a](/d/x)", "<a href=\"/d/x\"")]
    [InlineData("[a](javascript:alert(1))", "<a href=\"#\">a</a>")]
    [InlineData("![a](https://example.org/x.png)", "not supported: https://example.org/x.png")]
    public void Text_brings_no_script_and_fetches_nothing(string text, string html) => Assert.Contains(html, Markdown.Html(text), StringComparison.Ordinal);
}
