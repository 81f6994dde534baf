using AgentSystem.Alerting.Api;
using AgentSystem.Alerting.Incidents;
using AgentSystem.Alerting.Notifications;
using AgentSystem.Alerting.Questions;
using AgentSystem.Alerting.Webhook;

namespace AgentSystem.Alerting;

/// <summary>Puts the alerting service together.</summary>
public static class AlertingExtensions
{
    /// <summary>Adds everything; hosted services start in this order and stop in the opposite one.</summary>
    public static TBuilder AddAlerting<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.AddIncidents();
        builder.AddNotifications();
        builder.AddQuestions();
        builder.AddAlertmanagerWebhook();
        return builder;
    }

    /// <summary>Maps Alertmanager's webhook and the API.</summary>
    public static void MapAlerting(this WebApplication app)
    {
        app.MapAlertmanagerWebhook();
        app.MapIncidents();
        // Its series are there from the start, not with the first message.
        app.Services.GetRequiredService<NotificationInstruments>();
    }
}
