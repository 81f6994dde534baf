namespace Aspire.Hosting.ApplicationModel;

/// <summary>How waits behave that do not say so themselves.</summary>
public sealed class ResourceNotificationServiceOptions
{
    /// <summary>Waiting goes on where people can start a resource again from a dashboard, and ends where there is none.</summary>
    public WaitBehavior DefaultWaitBehavior { get; set; }
}
