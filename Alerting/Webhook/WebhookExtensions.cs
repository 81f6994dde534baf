using AgentSystem.Alerting.Incidents;
using Microsoft.AspNetCore.Http.Features;

namespace AgentSystem.Alerting.Webhook;

/// <summary>The receiver of Alertmanager's notifications: <c>POST /webhooks/alertmanager</c>.</summary>
public static class WebhookExtensions
{
    /// <summary>The receiver's path.</summary>
    public const string Path = "/webhooks/alertmanager";

    /// <summary>Adds what <see cref="MapAlertmanagerWebhook"/> needs.</summary>
    public static TBuilder AddAlertmanagerWebhook<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddSingleton<WebhookInstruments>();
        return builder;
    }

    /// <summary>Maps the receiver. Like every endpoint it needs the API key; Alertmanager sends it as a bearer token.</summary>
    public static IEndpointConventionBuilder MapAlertmanagerWebhook(this IEndpointRouteBuilder endpoints)
    {
        endpoints.ServiceProvider.GetRequiredService<WebhookInstruments>();
        return endpoints.MapPost(Path, ReceiveAsync);
    }

    /// <summary>
    /// 200 once every alert is on disk. Alertmanager gives up on a 4xx and tries again after a 5xx, which is what both deserve.
    /// </summary>
    private static async Task<IResult> ReceiveAsync(HttpContext context, IncidentDesk desk, WebhookInstruments instruments, ILogger<AlertNotification> logger)
    {
        // The reader has its own limit, with an answer that says what to do about it.
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = null;

        var (notification, fault) = await NotificationReader.ReadAsync(context.Request.Body, context.RequestAborted);
        if (notification is null)
        {
            instruments.Refused(fault!);
            logger.NotificationRefused(fault!.Reason, fault.Detail);
            return Results.Problem(title: fault.Title, detail: fault.Detail, statusCode: fault.StatusCode);
        }

        try
        {
            // Alertmanager may hang up, but what it has sent is worth keeping.
            await desk.ReceiveAsync([.. notification.Alerts.Select(alert => alert.ToReport(notification.Receiver))], CancellationToken.None);
        }
        catch (IncidentStoreException e)
        {
            instruments.NotKept();
            logger.NotificationNotKept(e.Message);
            return Results.Problem(title: "The notification was not kept.", detail: e.Message, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
        foreach (var alert in notification.Alerts)
            logger.AlertReceived(notification, alert);
        if (notification.TruncatedAlerts > 0)
            logger.AlertsTruncated(notification.TruncatedAlerts, notification.GroupKey, notification.Receiver);
        instruments.Accepted(notification);
        return Results.Ok();
    }
}
