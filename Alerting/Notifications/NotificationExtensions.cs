using AgentSystem.Alerting.Incidents;
using Microsoft.Extensions.Options;

namespace AgentSystem.Alerting.Notifications;

/// <summary>Registers the channels that incidents are told to.</summary>
internal static class NotificationExtensions
{
    internal static void AddNotifications(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<PagerDutyOptions>().BindConfiguration(PagerDutyOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<SlackOptions>().BindConfiguration(SlackOptions.Section).ValidateDataAnnotations()
            .Validate(
                static slack => slack.Token.Length == 0 || slack.Channel.Length > 0,
                "Slack:Token is set and Slack:Channel is not. Set it to the channel's id (C0123456789), which Slack shows at the end of the channel's details.")
            .ValidateOnStart();
        services.AddOptions<DeliveryOptions>().BindConfiguration(DeliveryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<NotificationInstruments>();
        services.AddChannel<PagerDutyEvents, PagerDutyChannel>(PagerDutyEvents.Name);
        services.AddChannel<PagerDutyChanges, PagerDutyChangeChannel>(PagerDutyChanges.Name);
        services.AddChannel<SlackMessages, SlackChannel>(SlackMessages.Name);
    }

#pragma warning disable EXTEXP0001 // The sender retries, with what it knows of each message; a second layer below it would send twice.
    private static void AddChannel<TAnnouncer, TChannel>(this IServiceCollection services, string name)
        where TAnnouncer : class, IAnnouncer
        where TChannel : class, IChannel
    {
        services.AddHttpClient(name, static client => client.Timeout = Timeout.InfiniteTimeSpan).RemoveAllResilienceHandlers();
        services.AddSingleton<IAnnouncer, TAnnouncer>();
        services.AddSingleton<TChannel>();
        services.AddSingleton<IChannel>(static provider => provider.GetRequiredService<TChannel>());
        services.AddSingleton<IHostedService>(static provider => new OutboxSender(
            provider.GetRequiredService<TChannel>(), provider.GetRequiredService<IncidentStore>(), provider.GetRequiredService<NotificationInstruments>(),
            provider.GetRequiredService<IOptions<DeliveryOptions>>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<OutboxSender>>()));
    }
#pragma warning restore EXTEXP0001
}
