using System.Text;
using System.Text.Json.Nodes;
using AgentSystem.Alerting.Incidents;
using Microsoft.Extensions.Options;

namespace AgentSystem.Alerting.Notifications;

/// <summary>
/// Sends events to PagerDuty. Sending one of an incident again is harmless: an open one takes the same dedup key in, a resolved one stays so.
/// </summary>
internal class PagerDutyChannel(IHttpClientFactory clients, IOptions<PagerDutyOptions> options, TimeProvider time) : IChannel
{
    public virtual string Name => PagerDutyEvents.Name;

    public bool IsOn => options.Value.RoutingKey.Length > 0;

    public string HowToTurnOn => "set PagerDuty__RoutingKey (for the AppHost: Parameters__pagerduty_key) to the key of an Events API v2 integration";

    public string Describe(OutboxMessage message) => (string?)JsonNode.Parse(message.Payload)?["payload"]?["summary"] ?? message.Dedup;

    public async Task<string?> DeliverAsync(OutboxMessage message, string? receipt, bool mayBeSent, CancellationToken cancellationToken)
    {
        var path = message.Kind == PagerDutyChanges.Kind ? "v2/change/enqueue" : "v2/enqueue";
        using var client = clients.CreateClient(Name);
        using var content = new StringContent(message.Payload, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri($"{options.Value.Url.TrimEnd('/')}/{path}"), content, cancellationToken);
        // The answer is 202.
        if (!response.IsSuccessStatusCode)
            throw DeliveryException.Of(response, await response.Content.ReadAsStringAsync(cancellationToken), time.GetUtcNow());
        return null;
    }
}

/// <summary>Sends change events, which have no dedup key.</summary>
internal sealed class PagerDutyChangeChannel(IHttpClientFactory clients, IOptions<PagerDutyOptions> options, TimeProvider time) : PagerDutyChannel(clients, options, time)
{
    public override string Name => PagerDutyChanges.Name;
}
