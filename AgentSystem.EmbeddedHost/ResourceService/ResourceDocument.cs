using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.ResourceService;

/// <summary>A replica of a resource as the API shows it: its snapshot, without secrets. Times are UTC.</summary>
internal sealed record ResourceDocument(
    string Id, string Name, string Type, string? State, string? StateStyle, string? Health, int? ExitCode, bool Hidden,
    DateTime? CreatedAt, DateTime? StartedAt, DateTime? StoppedAt,
    IReadOnlyList<ResourceDocument.HealthReport> HealthReports, IReadOnlyList<ResourceDocument.Url> Urls,
    IReadOnlyList<ResourceDocument.Fact> Environment, IReadOnlyList<ResourceDocument.Fact> Properties,
    IReadOnlyList<ResourceDocument.Relationship> Relationships, IReadOnlyList<ResourceDocument.Command> Commands)
{
    /// <summary>What a health check said last; no status before it was asked.</summary>
    public sealed record HealthReport(string Name, string? Status, string? Description, string? Exception, DateTime? LastRunAt);

    /// <summary>An address; an internal one is a detail.</summary>
    public sealed record Url(string? Endpoint, string Address, string? DisplayName, bool Internal);

    /// <summary>A variable or a property; the value of a secret one stays in the host.</summary>
    public sealed record Fact(string Name, string? DisplayName, string? Value, bool Secret, bool Highlighted);

    /// <summary>What another resource is to this one.</summary>
    public sealed record Relationship(string Resource, string Type);

    /// <summary>Something that it can be told to do; people are asked <paramref name="Confirmation"/> before.</summary>
    public sealed record Command(
        string Name, string DisplayName, string? Description, string State, string? Confirmation, string? Icon, bool Highlighted);

    public static ResourceDocument Of(ResourceEvent update, IReadOnlyList<string> secrets)
    {
        var (resource, snapshot) = (update.Resource, update.Snapshot);
        return new(
            update.ResourceId, resource.Name, snapshot.ResourceType, snapshot.State?.Text, snapshot.State?.Style, Lower(snapshot.HealthStatus),
            snapshot.ExitCode, snapshot.IsHidden, snapshot.CreationTimeStamp, snapshot.StartTimeStamp, snapshot.StopTimeStamp,
            [.. snapshot.HealthReports.Select(report => HealthOf(report, secrets))],
            [.. snapshot.Urls.Where(url => !url.IsInactive).OrderBy(url => url.DisplayProperties.SortOrder).Select(url => UrlOf(url, secrets))],
            [.. snapshot.EnvironmentVariables.Select(variable => FactOf(variable, secrets))],
            [.. snapshot.Properties.OrderBy(property => property.SortOrder ?? int.MaxValue).Select(property => FactOf(property, secrets))],
            [.. snapshot.Relationships.Select(relationship => new Relationship(relationship.ResourceName, relationship.Type))],
            [.. snapshot.Commands.Select(CommandOf)]);
    }

    private static HealthReport HealthOf(HealthReportSnapshot report, IReadOnlyList<string> secrets) => new(
        report.Name, Lower(report.Status), Secrets.Hide(report.Description, secrets), Secrets.Hide(report.ExceptionText, secrets), report.LastRunAt);

    private static Url UrlOf(UrlSnapshot url, IReadOnlyList<string> secrets) => new(
        url.Name, Secrets.Hide(url.Url, secrets)!, url.DisplayProperties.DisplayName is { Length: > 0 } name ? name : null, url.IsInternal);

    private static Command CommandOf(ResourceCommandSnapshot command) => new(
        command.Name, command.DisplayName, command.DisplayDescription, Lower(command.State)!, command.ConfirmationMessage, command.IconName,
        command.IsHighlighted);

    private static Fact FactOf(EnvironmentVariableSnapshot variable, IReadOnlyList<string> secrets)
    {
        var isSecret = variable.IsSecret || Secrets.Hide(variable.Value, secrets) != variable.Value;
        return new(variable.Name, null, isSecret ? null : variable.Value, isSecret, Highlighted: false);
    }

    private static Fact FactOf(ResourcePropertySnapshot property, IReadOnlyList<string> secrets)
    {
        var value = Convert.ToString(property.Value, CultureInfo.InvariantCulture);
        var isSecret = property.IsSensitive || Secrets.Hide(value, secrets) != value;
        return new(property.Name, property.DisplayName, isSecret ? null : value, isSecret, property.IsHighlighted);
    }

    private static string? Lower(Enum? value) => value?.ToString().ToLowerInvariant();
}
