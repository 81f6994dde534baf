using System.Text.Json.Nodes;
using AgentSystem.Tests.Support;
using Aspire.Hosting;

namespace AgentSystem.Tests.Hosting.Publishing;

/// <summary>The manifest of a small application.</summary>
internal static class Manifest
{
    /// <summary>The document as it is in the file.</summary>
    public static async Task<string> TextAsync(TempFolder folder, Action<IDistributedApplicationBuilder> describe)
    {
        var path = folder["manifest", "aspire-manifest.json"];
        await PublishAsync(describe, "--publisher", "manifest", "--output-path", path);
        return await File.ReadAllTextAsync(path);
    }

    public static async Task PublishAsync(Action<IDistributedApplicationBuilder> describe, params string[] args)
    {
        var builder = Hosts.Builder(args);
        describe(builder);
        await using var app = builder.Build();
        await app.RunAsync().WaitAsync(Hosts.Limit);
    }

    /// <summary>The entries in the document's order, each on one line.</summary>
    public static async Task<OrderedDictionary<string, string>> EntriesAsync(Action<IDistributedApplicationBuilder> describe)
    {
        using var folder = new TempFolder();
        return Entries(await TextAsync(folder, describe));
    }

    public static OrderedDictionary<string, string> Entries(string document) =>
        new(JsonNode.Parse(document)!["resources"]!.AsObject().Select(entry => KeyValuePair.Create(entry.Key, entry.Value!.ToJsonString())));

    /// <summary>One part of an entry, on one line.</summary>
    public static string Part(this OrderedDictionary<string, string> entries, string resource, string part) => JsonNode.Parse(entries[resource])![part]?.ToJsonString() ?? "";

    /// <summary>The same JSON on one line.</summary>
    public static string Json(string text) => JsonNode.Parse(text)!.ToJsonString();

    /// <summary>A project's file in a folder of its own; its launch settings and its settings when they are given.</summary>
    public static string Project(TempFolder folder, string name, string? launchSettings = null, string? settings = null)
    {
        Directory.CreateDirectory(folder[name, "Properties"]);
        File.WriteAllText(folder[name, $"{name}.csproj"], "<Project />");
        if (launchSettings is not null)
            File.WriteAllText(folder[name, "Properties", "launchSettings.json"], launchSettings);
        if (settings is not null)
            File.WriteAllText(folder[name, "appsettings.json"], settings);
        return folder[name, $"{name}.csproj"];
    }
}
