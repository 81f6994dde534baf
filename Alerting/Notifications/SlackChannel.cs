using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentSystem.Alerting.Incidents;
using Microsoft.Extensions.Options;

namespace AgentSystem.Alerting.Notifications;

/// <summary>
/// Posts an incident's message to Slack once and edits it from then on. Slack gives no key against posting twice, so that after an attempt of
/// which nobody knows how it ended the channel is searched for our message before another is posted.
/// </summary>
internal sealed class SlackChannel(IHttpClientFactory clients, IOptions<SlackOptions> options, TimeProvider time, ILogger<SlackChannel> logger) : IChannel
{
    // A message that may have arrived is among the newest.
    private const int PageSize = 100, MaxPages = 5;

    // What Slack says of its own troubles (https://docs.slack.dev/reference/methods/chat.postMessage); anything else stays as it is.
    private static readonly string[] Passing =
        ["ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"];

    private static readonly string[] Gone = ["message_not_found", "cant_update_message"];

    public string Name => SlackMessages.Name;

    public bool IsOn => options.Value is { Token.Length: > 0, Channel.Length: > 0 };

    public string HowToTurnOn =>
        "set Slack__Token and Slack__Channel (for the AppHost: Parameters__slack_token, Parameters__slack_channel) to a bot's token and a channel's id";

    public string Describe(OutboxMessage message) => (string?)JsonNode.Parse(message.Payload)?["text"] ?? message.IncidentId;

    public async Task<string?> DeliverAsync(OutboxMessage message, string? receipt, bool mayBeSent, CancellationToken cancellationToken)
    {
        receipt ??= mayBeSent ? await FindAsync(message, cancellationToken) : null;
        if (receipt is not null)
        {
            try
            {
                await CallAsync("chat.update", Body(message, receipt), cancellationToken);
                return receipt;
            }
            catch (SlackException e) when (Gone.Contains(e.Error))
            {
                logger.MessageGone(message.IncidentId, e.Error);
            }
        }
        var posted = await CallAsync("chat.postMessage", Body(message, receipt: null), cancellationToken);
        return $"{posted["channel"]}/{posted["ts"]}";
    }

    /// <summary>Our message about the incident, if it is in the channel.</summary>
    private async Task<string?> FindAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        string? cursor = null;
        for (var page = 0; page < MaxPages; page++)
        {
            var query = new JsonObject { ["channel"] = options.Value.Channel, ["include_all_metadata"] = true, ["limit"] = PageSize };
            if (cursor is not null)
                query["cursor"] = cursor;
            JsonObject answer;
            try
            {
                answer = await CallAsync("conversations.history", query, cancellationToken);
            }
            catch (SlackException e) when (e.IsFinal)
            {
                // Twice told is better than not at all.
                logger.HistoryRefused(e.Error);
                return null;
            }
            foreach (var found in answer["messages"]?.AsArray() ?? [])
                if ((string?)found?["metadata"]?["event_payload"]?["incident_id"] == message.IncidentId)
                    return $"{options.Value.Channel}/{found["ts"]}";
            cursor = (string?)answer["response_metadata"]?["next_cursor"];
            if (string.IsNullOrEmpty(cursor))
                return null;
        }
        return null;
    }

    private JsonObject Body(OutboxMessage message, string? receipt)
    {
        var body = JsonNode.Parse(message.Payload)!.AsObject();
        body["channel"] = receipt?.Split('/')[0] ?? options.Value.Channel;
        if (receipt is not null)
            body["ts"] = receipt.Split('/')[1];
        else
            body["unfurl_links"] = false;
        return body;
    }

    private async Task<JsonObject> CallAsync(string method, JsonObject body, CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(Name);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{options.Value.Url.TrimEnd('/')}/{method}"))
        {
            // Reading methods take a form only, not JSON.
            Content = method == "conversations.history"
                ? new FormUrlEncodedContent(body.Select(pair => KeyValuePair.Create(pair.Key, pair.Value!.ToString())))
                : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.Value.Token);
        using var response = await client.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw DeliveryException.Of(response, text, time.GetUtcNow());
        var answer = Parse(text) ?? throw new DeliveryException($"{method}: the answer is not Slack's", isFinal: false);
        // An error is HTTP 200 with ok: false.
        if (answer["ok"]?.GetValueKind() != JsonValueKind.True)
        {
            var error = answer["error"]?.ToString() ?? "";
            throw new SlackException(method, error, isFinal: !Passing.Contains(error), response.Headers.RetryAfter?.Delta);
        }
        return answer;
    }

    private static JsonObject? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Slack's word for what is wrong.</summary>
    private sealed class SlackException(string method, string error, bool isFinal, TimeSpan? retryAfter)
        : DeliveryException($"{method}: {error}", isFinal, retryAfter)
    {
        public string Error => error;
    }
}
