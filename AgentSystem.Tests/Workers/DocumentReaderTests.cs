using System.Text;
using System.Text.Json;
using AgentSystem.Workers.Agents;
using AgentSystem.Workers.Configuration;
using Microsoft.Extensions.Options;

namespace AgentSystem.Tests.Workers;

public sealed class DocumentReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("documents-test-").FullName;
    private readonly string _root, _outside;

    public DocumentReaderTests()
    {
        _root = Directory.CreateDirectory(Path.Combine(_folder, "root")).FullName;
        _outside = Directory.CreateDirectory(Path.Combine(_folder, "root-not")).FullName;
        File.WriteAllText(Path.Combine(_root, "a.md"), "inside");
        File.WriteAllText(Path.Combine(_outside, "secret"), "outside");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_in_a_root_is_read_by_its_absolute_or_relative_path()
    {
        Assert.Equal("inside", Read(Path.Combine(_root, "a.md")).Text);
        Assert.Equal("inside", Read("a.md").Text);
        Assert.Equal("inside", Read("./x/../a.md").Text);
    }

    [Fact]
    public void A_link_that_stays_inside_is_followed()
    {
        File.CreateSymbolicLink(Path.Combine(_root, "link"), "a.md");
        Assert.Equal(Path.Combine(_root, "a.md"), Read("link").Path);
    }

    [Fact]
    public void A_root_may_be_a_link_itself()
    {
        var alias = Path.Combine(_folder, "alias");
        Directory.CreateSymbolicLink(alias, _root);
        Assert.Equal("inside", Reader(alias).Read(Payload(new { path = Path.Combine(alias, "a.md") })).Text);
        Assert.Equal("file_not_found", Error(Reader(alias), new { path = Path.Combine(alias, "gone.md") }));
    }

    [Theory]
    [InlineData("../root-not/secret")]
    [InlineData("/etc/passwd")]
    [InlineData("/etc/no-such-file")]
    [InlineData("../../../../../../../../etc/passwd")]
    public void A_path_that_leads_outside_is_refused(string path) => Assert.Equal("path_outside_roots", Error(new { path }));

    [Fact]
    public void A_folder_whose_name_begins_like_a_roots_is_outside() =>
        Assert.Equal("path_outside_roots", Error(new { path = Path.Combine(_outside, "secret") }));

    [Fact]
    public void Links_that_lead_outside_are_refused_wherever_they_are_on_the_way()
    {
        File.CreateSymbolicLink(Path.Combine(_root, "last"), Path.Combine(_outside, "secret"));
        Directory.CreateSymbolicLink(Path.Combine(_root, "middle"), _outside);
        Directory.CreateSymbolicLink(Path.Combine(_root, "relative"), "../root-not");
        Assert.Equal("path_outside_roots", Error(new { path = "last" }));
        Assert.Equal("path_outside_roots", Error(new { path = "middle/secret" }));
        Assert.Equal("path_outside_roots", Error(new { path = "relative/secret" }));
    }

    [Fact]
    public void Links_in_a_circle_lead_nowhere()
    {
        File.CreateSymbolicLink(Path.Combine(_root, "x"), "y");
        File.CreateSymbolicLink(Path.Combine(_root, "y"), "x");
        Assert.Equal("file_not_found", Error(new { path = "x" }));
    }

    [Fact]
    public void Each_thing_that_is_no_text_is_called_by_its_name()
    {
        File.WriteAllBytes(Path.Combine(_root, "binary"), [1, 0, 2]);
        File.WriteAllBytes(Path.Combine(_root, "latin1"), [0x66, 0xfc, 0x72]);
        File.WriteAllText(Path.Combine(_root, "large"), new string('x', 2000));
        Directory.CreateDirectory(Path.Combine(_root, "folder"));
        Assert.Equal("not_text", Error(new { path = "binary" }));
        Assert.Equal("not_text", Error(new { path = "latin1" }));
        Assert.Equal("too_large", Error(new { path = "large" }));
        Assert.Equal("not_a_file", Error(new { path = "folder" }));
        Assert.Equal("file_not_found", Error(new { path = "gone" }));
    }

    [Fact]
    public void A_payload_names_one_document()
    {
        Assert.Equal("hello", Reader(_root).Read(Payload(new { text = "hello" })).Text);
        foreach (var payload in new object[] { new { }, new { path = "" }, new { path = 7 }, new { text = true }, new { path = "a.md", text = "both" }, new { path = "a\0b" } })
            Assert.Equal("invalid_payload", Error(payload));
    }

    [Fact]
    public void Without_roots_no_path_is_allowed_and_the_error_says_what_to_set()
    {
        var error = Assert.Throws<AgentException>(() => Reader("").Read(Payload(new { path = "/etc/passwd" })));
        Assert.Equal("path_outside_roots", error.ErrorType);
        Assert.Contains("Agents__AllowedRoots", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_text()
    {
        File.WriteAllText(Path.Combine(_root, "bom"), "text", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.Equal("text", Read("bom").Text);
    }

    private static DocumentReader Reader(string roots) => new(Options.Create(new AgentOptions { AllowedRoots = roots, MaxDocumentBytes = 1000 }));

    private static JsonElement Payload(object payload) => JsonSerializer.SerializeToElement(payload);

    private Document Read(string path) => Reader(_root).Read(Payload(new { path }));

    [Fact]
    public void A_document_that_is_too_large_is_told_what_helps_a_document()
    {
        File.WriteAllText(Path.Combine(_root, "large"), new string('x', 2000));
        var payload = JsonSerializer.SerializeToElement(new { path = "large" });
        Assert.Contains("raise Agents__MaxDocumentBytes", Assert.Throws<AgentException>(() => Reader(_root).Read(payload)).Message, StringComparison.Ordinal);
    }

    private string Error(object payload) => Error(Reader(_root), payload);

    private static string Error(DocumentReader reader, object payload)
    {
        var error = Assert.Throws<AgentException>(() => reader.Read(Payload(payload)));
        Assert.False(error.Retryable);
        return error.ErrorType;
    }
}
