using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Publishing;

namespace AgentSystem.Tests.Hosting.Publishing;

/// <summary>Parameters in the manifest: how a deployment comes by their values, and never a value that is not meant for it.</summary>
public sealed class ManifestParameterTests
{
    [Fact]
    public async Task a_value_is_asked_for_unless_it_is_published()
    {
        Assert.Equal("{\"type\":\"string\"}", await InputAsync(app => app.AddParameter("p")));
        Assert.Equal("{\"type\":\"string\",\"secret\":true}", await InputAsync(app => app.AddParameter("p", secret: true)));
        Assert.Equal("{\"type\":\"string\"}", await InputAsync(app => app.AddParameter("p", "value")));
        Assert.Equal("{\"type\":\"string\",\"secret\":true}", await InputAsync(app => app.AddParameter("p", "value", secret: true)));
        Assert.Equal("{\"type\":\"string\",\"secret\":true}", await InputAsync(app => app.AddParameterFromConfiguration("p", "Some:Key", secret: true).WithDescription("What for")));
        Assert.Equal("""{"type":"string","default":{"value":"value"}}""", await InputAsync(app => app.AddParameter("p", "value", publishValueAsDefault: true)));
        Assert.Equal("""{"type":"string","default":{"value":"called"}}""", await InputAsync(app => app.AddParameter("p", () => "called", publishValueAsDefault: true)));
        Assert.Throws<ArgumentException>(() => Hosts.Builder().AddParameter("p", "value", publishValueAsDefault: true, secret: true));
    }

    [Fact]
    public async Task a_value_that_can_be_made_says_how()
    {
        Assert.Equal("""{"type":"string","default":{"generate":{"minLength":22}}}""", await InputAsync(app => app.AddParameter("p", new GenerateParameterDefault())));
        Assert.Equal(
            """{"type":"string","secret":true,"default":{"generate":{"minLength":32,"special":false}}}""",
            await InputAsync(app => app.AddParameter("p", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true, persist: true)));
        Assert.Equal(
            """{"type":"string","default":{"generate":{"minLength":9,"lower":false,"upper":false,"numeric":false,"minLower":1,"minUpper":2,"minNumeric":3,"minSpecial":4}}}""",
            await InputAsync(app => app.AddParameter(
                "p", new GenerateParameterDefault { MinLength = 9, Lower = false, Upper = false, Numeric = false, MinLower = 1, MinUpper = 2, MinNumeric = 3, MinSpecial = 4 })));
        Assert.Equal("""{"type":"string","default":{"own":true}}""", await InputAsync(app => app.AddParameter("p", new OwnDefault())));
    }

    [Fact]
    public async Task what_is_configured_here_is_not_published()
    {
        using var folder = new Support.TempFolder();
        await Manifest.PublishAsync(app => app.AddParameter("p"), "--publisher", "manifest", "--output-path", folder["m.json"], "--Parameters:p=configured");
        Assert.DoesNotContain("configured", await File.ReadAllTextAsync(folder["m.json"]), StringComparison.Ordinal);
    }

    private static async Task<string> InputAsync(Action<IDistributedApplicationBuilder> describe)
    {
        var entries = await Manifest.EntriesAsync(describe);
        Assert.StartsWith("""{"type":"parameter.v0","value":"{p.inputs.value}","inputs":{"value":""", entries["p"], StringComparison.Ordinal);
        return System.Text.Json.Nodes.JsonNode.Parse(entries["p"])!["inputs"]!["value"]!.ToJsonString();
    }

    private sealed class OwnDefault : ParameterDefault
    {
        public override string GetDefaultValue() => "";
        public override void WriteToManifest(ManifestPublishingContext context) => context.Writer.WriteBoolean("own", true);
    }
}
