using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentSystem.Tests.Alerting.Notifications;

/// <summary>
/// PagerDuty's Events API v2 and the part of Slack's Web API that we use, on a real socket. Both hold what they get against the published
/// schemas and limits, and refuse as the real ones do.
/// </summary>
internal sealed class FakeServices : IAsyncDisposable
{
    public const string RoutingKey = "0123456789abcdef0123456789abcdef", Token = "xoxb-test", Channel = "C0123456789";

    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, JsonObject> _messages = [];

    private FakeServices()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/v2/enqueue", context => AnswerAsync(context, Enqueue));
        _app.MapPost("/v2/change/enqueue", context => AnswerAsync(context, Change));
        _app.MapPost("/api/chat.postMessage", context => AnswerAsync(context, Post));
        _app.MapPost("/api/chat.update", context => AnswerAsync(context, Update));
        _app.MapPost("/api/conversations.history", context => AnswerAsync(context, History));
    }

    public string Url => _app.Urls.Single();

    /// <summary>What settings lead the alerting service here.</summary>
    public (string, string)[] Settings =>
    [
        ("PagerDuty:RoutingKey", RoutingKey), ("PagerDuty:Url", Url), ("Slack:Token", Token), ("Slack:Channel", Channel), ("Slack:Url", $"{Url}/api"),
        ("Alerting:Delivery:BaseDelay", "00:00:00.020"), ("Alerting:Delivery:MaxDelay", "00:00:00.200"), ("Alerting:Delivery:BreakDuration", "00:00:00.500"),
    ];

    /// <summary>Every request, as its path's last part.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>What did not keep to the schemas.</summary>
    public ConcurrentQueue<string> Violations { get; } = new();

    /// <summary>What came of events, by dedup key: an event that changes nothing is not here.</summary>
    public ConcurrentDictionary<string, List<string>> Pages { get; } = new();

    public ConcurrentQueue<JsonObject> Events { get; } = new();

    public ConcurrentQueue<JsonObject> Changes { get; } = new();

    /// <summary>The messages in the channel as they are now, oldest first.</summary>
    public IReadOnlyList<JsonObject> Messages
    {
        get
        {
            lock (_lock)
                return [.. _messages.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value)];
        }
    }

    /// <summary>Answers to give before anything is taken in, by the path's last part.</summary>
    public ConcurrentDictionary<string, ConcurrentQueue<(int Status, string Body, string? RetryAfter)>> Troubles { get; } = new();

    /// <summary>Called after a request was taken in and before it is answered; true for no answer at all.</summary>
    public Func<string, JsonObject, bool> OnTaken { get; set; } = (_, _) => false;

    public static async Task<FakeServices> StartAsync()
    {
        var services = new FakeServices();
        await services._app.StartAsync();
        return services;
    }

    public void Fail(string method, int status, string body = "", string? retryAfter = null) =>
        Troubles.GetOrAdd(method, _ => new()).Enqueue((status, body, retryAfter));

    public void DeleteMessages()
    {
        lock (_lock)
            _messages.Clear();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context, Func<HttpContext, JsonObject, (int Status, JsonObject Body)> take)
    {
        var method = context.Request.Path.Value!.Split('/')[^1];
        method = context.Request.Path.Value.Contains("change/", StringComparison.Ordinal) ? "change" : method;
        Requests.Enqueue(method);
        if (Troubles.TryGetValue(method, out var troubles) && troubles.TryDequeue(out var trouble))
        {
            if (trouble.RetryAfter is not null)
                context.Response.Headers.RetryAfter = trouble.RetryAfter;
            context.Response.StatusCode = trouble.Status;
            await context.Response.WriteAsync(trouble.Body);
            return;
        }

        using var reader = new StreamReader(context.Request.Body);
        var text = await reader.ReadToEndAsync();
        if (Encoding.UTF8.GetByteCount(text) > 512 * 1024)
            Violations.Enqueue($"{method}: {text.Length} characters");
        var body = context.Request.ContentType!.StartsWith("application/x-www-form-urlencoded", StringComparison.Ordinal)
            ? new JsonObject(Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(text).Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value.ToString())))
            : JsonNode.Parse(text)!.AsObject();
        (int Status, JsonObject Body) answer;
        lock (_lock)
            answer = take(context, body);
        if (OnTaken(method, body))
        {
            context.Abort();
            return;
        }
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(answer.Body.ToJsonString());
    }

    // https://developer.pagerduty.com/docs/send-alert-event
    private (int, JsonObject) Enqueue(HttpContext context, JsonObject e)
    {
        var action = (string?)e["event_action"];
        var dedup = (string?)e["dedup_key"] ?? "";
        List<string> errors = [];
        if (((string?)e["routing_key"])?.Length != 32)
            errors.Add("routing_key");
        if (action is not ("trigger" or "acknowledge" or "resolve"))
            errors.Add("event_action");
        if (dedup.Length is 0 or > 255)
            errors.Add("dedup_key");
        if (action == "trigger" && !IsPayload(e["payload"]))
            errors.Add("payload");
        Events.Enqueue(e.DeepClone().AsObject());
        if (errors.Count > 0)
            return Invalid(errors);

        var effects = Pages.GetOrAdd(dedup, _ => []);
        var state = effects.LastOrDefault() ?? "resolve";
        // An open incident takes a trigger in; what is not open has nothing to acknowledge or resolve.
        if (action == "trigger" ? state == "resolve" : state != "resolve" && state != action)
            effects.Add(action!);
        return (202, new() { ["status"] = "success", ["dedup_key"] = dedup });
    }

    private static bool IsPayload(JsonNode? payload) =>
        ((string?)payload?["summary"])?.Length is > 0 and <= 1024
        && ((string?)payload["source"])?.Length > 0
        && (string?)payload["severity"] is "critical" or "error" or "warning" or "info"
        && DateTimeOffset.TryParse((string?)payload["timestamp"], CultureInfo.InvariantCulture, out _);

    // https://developer.pagerduty.com/docs/send-change-event
    private (int, JsonObject) Change(HttpContext context, JsonObject change)
    {
        if (((string?)change["routing_key"])?.Length != 32 || ((string?)change["payload"]?["summary"])?.Length is not (> 0 and <= 1024) || change.ContainsKey("dedup_key"))
            return Invalid(["change"]);
        Changes.Enqueue(change.DeepClone().AsObject());
        return (202, new() { ["status"] = "success" });
    }

    private (int, JsonObject) Invalid(List<string> errors)
    {
        Violations.Enqueue($"PagerDuty: {string.Join(", ", errors)}");
        return (400, new() { ["status"] = "invalid event", ["errors"] = new JsonArray([.. errors.Select(error => (JsonNode)error)]) });
    }

    private (int, JsonObject) Post(HttpContext context, JsonObject message)
    {
        if (Refuse(context, message) is { } error)
            return Slack(error);
        var ts = string.Create(CultureInfo.InvariantCulture, $"{1700000000 + _messages.Count}.000100");
        _messages[ts] = With(message, ts);
        return (200, new() { ["ok"] = true, ["channel"] = Channel, ["ts"] = ts });
    }

    private (int, JsonObject) Update(HttpContext context, JsonObject message)
    {
        if (Refuse(context, message) is { } error)
            return Slack(error);
        var ts = (string?)message["ts"] ?? "";
        if (!_messages.ContainsKey(ts))
            return (200, new() { ["ok"] = false, ["error"] = "message_not_found" });
        _messages[ts] = With(message, ts);
        return (200, new() { ["ok"] = true, ["channel"] = Channel, ["ts"] = ts });
    }

    private (int, JsonObject) History(HttpContext context, JsonObject query)
    {
        if (!context.Request.HasFormContentType)
            return Slack("invalid_form_data");
        var withMetadata = (string?)query["include_all_metadata"] == "true";
        var newest = _messages.OrderByDescending(pair => pair.Key, StringComparer.Ordinal).Select(pair =>
        {
            var message = pair.Value.DeepClone().AsObject();
            if (!withMetadata)
                message.Remove("metadata");
            return (JsonNode)message;
        });
        return (200, new() { ["ok"] = true, ["messages"] = new JsonArray([.. newest]), ["has_more"] = false });
    }

    private static JsonObject With(JsonObject message, string ts)
    {
        var kept = message.DeepClone().AsObject();
        kept["ts"] = ts;
        return kept;
    }

    private (int, JsonObject) Slack(string error)
    {
        Violations.Enqueue($"Slack: {error}");
        return (200, new() { ["ok"] = false, ["error"] = error });
    }

    // https://docs.slack.dev/reference/block-kit/blocks
    private static string? Refuse(HttpContext context, JsonObject message)
    {
        if (context.Request.Headers.Authorization != $"Bearer {Token}")
            return "invalid_auth";
        if ((string?)message["channel"] != Channel)
            return "channel_not_found";
        var blocks = message["blocks"]!.AsArray();
        if (blocks.Count > 50 || string.IsNullOrEmpty((string?)message["text"]))
            return "invalid_blocks";
        if ((string?)message["metadata"]?["event_type"] is not { Length: > 0 } || message["metadata"]!["event_payload"] is not JsonObject)
            return "invalid_metadata_format";
        return blocks.All(IsBlock) ? null : "invalid_blocks";
    }

    private static bool IsBlock(JsonNode? block) => (string?)block?["type"] switch
    {
        "header" => (string?)block["text"]!["type"] == "plain_text" && IsText(block["text"], 150),
        "section" => (block["text"] is null || IsText(block["text"], 3000))
            && (block["fields"] is not JsonArray fields || fields.Count is > 0 and <= 10 && fields.All(field => IsText(field, 2000)))
            && (block["text"] ?? block["fields"]) is not null,
        "actions" => block["elements"]!.AsArray() is { Count: > 0 and <= 25 } elements && elements.All(element => IsText(element!["text"], 75)),
        _ => false,
    };

    // What is left after the three escapes, and the dates that Slack formats, has none of Slack's own characters.
    private static bool IsText(JsonNode? text, int length)
    {
        var value = (string?)text?["text"] ?? "";
        if (value.Length == 0 || value.Length > length || (string?)text!["type"] is not ("mrkdwn" or "plain_text"))
            return false;
        if ((string?)text["type"] == "plain_text")
            return true;
        var rest = System.Text.RegularExpressions.Regex.Replace(value, "<!date[^<>&]*>|&(amp|lt|gt);", "");
        return rest.IndexOfAny(['<', '>', '&']) < 0;
    }
}
