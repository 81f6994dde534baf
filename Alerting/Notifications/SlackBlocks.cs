using System.Globalization;
using System.Text.Json.Nodes;

namespace AgentSystem.Alerting.Notifications;

/// <summary>What messages for Slack are made of: Block Kit (https://docs.slack.dev/block-kit), within its limits.</summary>
internal static class SlackBlocks
{
    /// <summary>Type of the metadata by which a message of ours is found again.</summary>
    internal const string EventType = "agentsystem_incident";

    // Limits of Block Kit.
    internal const int MaxBlocks = 50, MaxHeader = 150, MaxSection = 3000, MaxField = 2000;

    /// <summary>The three characters that Slack reads as its own: https://docs.slack.dev/messaging/formatting-message-text.</summary>
    internal static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    /// <summary>A message.</summary>
    /// <param name="text">What is shown where blocks are not.</param>
    /// <param name="blocks">What is shown.</param>
    /// <param name="subject">By which the message is found again.</param>
    internal static JsonObject Message(string text, JsonArray blocks, string subject) => new()
    {
        ["text"] = Texts.Cut(Escape(text), MaxSection),
        ["blocks"] = blocks,
        ["metadata"] = new JsonObject { ["event_type"] = EventType, ["event_payload"] = new JsonObject { ["incident_id"] = subject } },
    };

    // Slack shows it in the reader's own time.
    internal static string Moment(DateTimeOffset at) => string.Create(
        CultureInfo.InvariantCulture, $"<!date^{at.ToUnixTimeSeconds()}^{{date_short_pretty}} {{time_secs}}|{at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC>");

    internal static JsonObject Plain(string text) => new() { ["type"] = "plain_text", ["text"] = text, ["emoji"] = true };

    internal static JsonObject Field(string name, string escaped) => new() { ["type"] = "mrkdwn", ["text"] = CutEscaped($"*{name}*\n{escaped}", MaxField) };

    internal static JsonObject Section(string text) =>
        new() { ["type"] = "section", ["text"] = new JsonObject { ["type"] = "mrkdwn", ["text"] = CutEscaped(text, MaxSection) } };

    /// <summary>A button that leads somewhere.</summary>
    internal static JsonObject Button(string text, string url) => new()
    {
        ["type"] = "actions",
        ["elements"] = new JsonArray(new JsonObject { ["type"] = "button", ["action_id"] = "open", ["url"] = url, ["text"] = Plain(text) }),
    };

    // An escape that is cut in half would be shown as what is left of it.
    private static string CutEscaped(string text, int length)
    {
        if (text.Length <= length)
            return text;
        var cut = Texts.Cut(text, length);
        var open = cut.LastIndexOf('&');
        return open >= 0 && cut.Length - open <= 6 && !cut.AsSpan(open).Contains(';') ? cut[..open] + "…" : cut;
    }
}
