using System.Text.Json;

namespace AgentSystem.Alerting.Webhook;

/// <summary>Reads a notification and says what is wrong with one that cannot be used.</summary>
internal static class NotificationReader
{
    /// <summary>
    /// Longest body that is read, in bytes: room for 4 KiB about each of the <c>max_alerts</c> that <c>infra/alertmanager/alertmanager.yml</c> allows, and more.
    /// </summary>
    internal const int MaxBytes = 1 << 20;

    /// <summary>Reads <paramref name="body"/>; exactly one of the two results is null.</summary>
    internal static async Task<(AlertNotification? Notification, NotificationFault? Fault)> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxBytes + 1];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length > MaxBytes ? (null, NotificationFault.TooLarge) : Parse(buffer.AsSpan(0, length));
    }

    internal static (AlertNotification? Notification, NotificationFault? Fault) Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            // A newer version fails on its fields first; its version is what people have to hear about.
            if (FindOtherVersion(utf8) is { } version)
                return (null, NotificationFault.UnknownVersion(version));
            var notification = JsonSerializer.Deserialize(utf8, AlertmanagerJson.Default.AlertNotification);
            if (notification is null)
                return (null, NotificationFault.Malformed("the body is null"));
            var nameless = notification.Alerts.Any(alert => alert is null || !alert.Labels.ContainsKey("alertname"));
            return nameless ? (null, NotificationFault.Malformed("an alert has no label alertname")) : (notification, null);
        }
        catch (JsonException e)
        {
            return (null, NotificationFault.Malformed(e.Message));
        }
    }

    /// <summary>The version as it is written, when it is there and not ours.</summary>
    private static string? FindOtherVersion(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        using var document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("version", out var version))
            return null;
        // Compared as it is written: reading a text with half a surrogate pair throws.
        var written = version.GetRawText();
        return written == $"\"{AlertNotification.SupportedVersion}\"" ? null : written;
    }
}

/// <summary>Why a notification was refused.</summary>
/// <param name="Reason">A stable name, also the metric's label.</param>
/// <param name="StatusCode">The HTTP status.</param>
/// <param name="Title">What is wrong.</param>
/// <param name="Detail">Where, and what to do.</param>
internal sealed record NotificationFault(string Reason, int StatusCode, string Title, string Detail)
{
    internal static NotificationFault TooLarge { get; } = new("too_large", StatusCodes.Status413PayloadTooLarge,
        "The notification is too large.", $"At most {NotificationReader.MaxBytes:N0} bytes are read. Set max_alerts in the receiver's webhook_config.");

    internal static NotificationFault UnknownVersion(string version) => new("unknown_version", StatusCodes.Status400BadRequest,
        "The notification's version is not known.", $"It is {Shorten(version)}; this receiver understands \"{AlertNotification.SupportedVersion}\".");

    internal static NotificationFault Malformed(string cause) => new("malformed", StatusCodes.Status400BadRequest,
        "The body is not a notification of Alertmanager.", $"{Shorten(cause)} Send the JSON that Alertmanager's webhook_config sends.");

    private static string Shorten(string text) => text.Length <= 300 ? text : string.Concat(text.AsSpan(0, 299), "…");
}
