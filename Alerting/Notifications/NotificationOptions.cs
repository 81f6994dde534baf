using System.ComponentModel.DataAnnotations;

namespace AgentSystem.Alerting.Notifications;

/// <summary>How PagerDuty is reached: section <c>PagerDuty</c>.</summary>
public sealed class PagerDutyOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "PagerDuty";

    /// <summary>Key of an integration of type Events API v2, a secret. Empty: nobody is paged.</summary>
    public string RoutingKey { get; set; } = "";

    /// <summary>Where events go to; another one for a proxy, or for accounts in the EU.</summary>
    [Url(ErrorMessage = "PagerDuty:Url has to be an address such as https://events.pagerduty.com.")]
    public string Url { get; set; } = "https://events.pagerduty.com";
}

/// <summary>How Slack is reached: section <c>Slack</c>.</summary>
public sealed class SlackOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Slack";

    /// <summary>Token of a bot with the scopes <c>chat:write</c> and <c>channels:history</c>, a secret. Empty: nothing is told in Slack.</summary>
    public string Token { get; set; } = "";

    /// <summary>Id of the channel (<c>C0123456789</c>; not its name), of which the bot is a member.</summary>
    public string Channel { get; set; } = "";

    /// <summary>Where the Web API is.</summary>
    [Url(ErrorMessage = "Slack:Url has to be an address such as https://slack.com/api.")]
    public string Url { get; set; } = "https://slack.com/api";
}

/// <summary>How hard it is tried to deliver a message: section <c>Alerting:Delivery</c>.</summary>
public sealed class DeliveryOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Alerting:Delivery";

    /// <summary>How long one attempt may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:05:00", ErrorMessage = "Alerting:Delivery:Timeout must lie between 50 ms and 5 min.")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The wait before the second attempt; it doubles with each further one.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:05:00", ErrorMessage = "Alerting:Delivery:BaseDelay must lie between 10 ms and 5 min.")]
    public TimeSpan BaseDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait that nobody asked for.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00", ErrorMessage = "Alerting:Delivery:MaxDelay must lie between 10 ms and 1 h.")]
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>After so many attempts of which at least half failed a service is left alone for a while.</summary>
    [Range(2, 1000, ErrorMessage = "Alerting:Delivery:BreakAfter must lie between 2 and 1000.")]
    public int BreakAfter { get; set; } = 5;

    /// <summary>For how long.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "01:00:00", ErrorMessage = "Alerting:Delivery:BreakDuration must lie between 500 ms and 1 h.")]
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(30);
}
