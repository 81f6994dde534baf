using AgentSystem.Tests.Support;
using AgentSystem.WebConsole.Runbooks;
using Microsoft.Extensions.Options;

namespace AgentSystem.Tests.WebConsole.Runbooks;

public sealed class RunbookLibraryTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private RunbookLibrary Library => new(Options.Create(new RunbookOptions { RunbooksDir = _folder["runbooks"] }));

    [Fact]
    public void A_runbook_has_its_heading_as_title_and_its_first_paragraph_as_summary()
    {
        Write("WorkerDown", "# A worker is *down*\n\nNobody answers at `/health`.\n\n## Meaning\n\nx\n\n## Impact\n");

        var runbook = Library.Find("WorkerDown")!;

        Assert.Equal(("A worker is down", "Nobody answers at /health."), (runbook.Title, runbook.Summary));
        Assert.Equal([new("meaning", "Meaning"), new("impact", "Impact")], runbook.Headings);
        Assert.DoesNotContain("<h1", runbook.Html, StringComparison.Ordinal);
        Assert.Contains("<h2 id=\"meaning\">Meaning</h2>", runbook.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_to_tick_off_is_text_too()
    {
        Write("A", "- [ ] open\n- [x] done");

        Assert.Contains("☐ open", Library.Find("A")!.Html, StringComparison.Ordinal);
        Assert.Contains("☑ done", Library.Find("A")!.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>", "<script")]
    [InlineData("a <img src=x onerror=alert(1)> b", "<img")]
    [InlineData("[x](javascript:alert(1))", "javascript:")]
    [InlineData("[x](JaVaScRiPt:alert(1))", "href")]
    [InlineData("<javascript:alert(1)>", "href")]
    [InlineData("[x](data:text/html,hi)", "href")]
    [InlineData("[x](//evil.example/x)", "href")]
    [InlineData("[x](../../etc/passwd)", "href")]
    [InlineData("![x](https://evil.example/pixel.png)", "evil.example")]
    [InlineData("[x][r]\n\n[r]: javascript:alert(1)", "javascript:")]
    public void What_could_do_harm_is_text(string markdown, string notThere)
    {
        Write("A", markdown);

        Assert.DoesNotContain(notThere, Library.Find("A")!.Html, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("[x](Other.md)", "href=\"/runbooks/Other\"")]
    [InlineData("[x](./Other.md#impact)", "href=\"/runbooks/Other#impact\"")]
    [InlineData("[x](#impact)", "href=\"/runbooks/A#impact\"")]
    [InlineData("[x](https://prometheus.io/docs)", "href=\"https://prometheus.io/docs\" rel=\"noreferrer\"")]
    public void A_link_leads_to_another_runbook_or_to_the_web(string markdown, string there)
    {
        Write("A", markdown);

        Assert.Contains(there, Library.Find("A")!.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("..%2fsecret")]
    [InlineData("/etc/passwd")]
    [InlineData("sub/A")]
    [InlineData("a.b")]
    [InlineData("")]
    [InlineData("A\n")]
    [InlineData("Nothing")]
    public void What_is_no_name_of_a_runbook_finds_none(string name)
    {
        Write("A", "x");
        File.WriteAllText(_folder["secret.md"], "secret");

        Assert.Null(Library.Find(name));
    }

    [Fact]
    public void An_edit_shows_at_once_and_a_folder_that_is_not_there_has_no_runbooks()
    {
        var library = Library;
        Assert.Empty(library.All());
        Write("B", "# One");
        Write("A", "# Two");
        Assert.Equal(["A", "B"], library.All().Select(runbook => runbook.Name));

        Write("A", "# Three");
        File.SetLastWriteTimeUtc(_folder["runbooks", "A.md"], DateTime.UtcNow.AddMinutes(1));

        Assert.Equal("Three", library.Find("A")!.Title);
    }

    [Theory]
    [InlineData("WorkerDown", null, "/runbooks/WorkerDown")]
    [InlineData("Other", "https://github.com/x/y/blob/main/runbooks/WorkerDown.md#impact", "/runbooks/WorkerDown")]
    [InlineData("Other", "https://elsewhere.example/book", "https://elsewhere.example/book")]
    [InlineData("Other", "javascript:alert(1)", null)]
    [InlineData("Other", "runbooks/Nothing.md", null)]
    [InlineData("Other", null, null)]
    public void An_alert_finds_its_runbook(string alert, string? annotation, string? address)
    {
        Write("WorkerDown", "x");

        Assert.Equal(address, Library.AddressFor(alert, annotation));
    }

    public void Dispose() => _folder.Dispose();

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(_folder["runbooks"]);
        File.WriteAllText(_folder["runbooks", name + ".md"], text);
    }
}
