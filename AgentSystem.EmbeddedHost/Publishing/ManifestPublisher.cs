using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Lifecycle;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Publishing;

/// <summary>Takes the place of the runner when the application is published: writes the manifest, and has the AppHost end then.</summary>
internal sealed partial class ManifestPublisher(
    DistributedApplicationModel model, IDistributedApplicationEventing eventing, IEnumerable<IDistributedApplicationEventingSubscriber> subscribers,
    DistributedApplicationExecutionContext execution, IConfiguration configuration, IHostEnvironment environment, IHostApplicationLifetime lifetime,
    IServiceProvider services, ILogger<ManifestPublisher> logger)
{
    /// <exception cref="DistributedApplicationException">Something else is to be published, or the model cannot be.</exception>
    public async Task PublishAsync(CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(Operation.ManifestPath(configuration, environment.ApplicationName));
        foreach (var subscriber in subscribers)
            await subscriber.SubscribeAsync(eventing, execution, cancellationToken).ConfigureAwait(false);
        await eventing.PublishAsync(new BeforeStartEvent(services, model), cancellationToken).ConfigureAwait(false);
        DeploymentTargets.Assign(model);
        await WriteAsync(path, cancellationToken).ConfigureAwait(false);
        LogWritten(path);

        // Not at once: a host that is told to stop before it has started takes that for a failed start.
        lifetime.ApplicationStarted.Register(lifetime.StopApplication);
    }

    private async Task WriteAsync(string path, CancellationToken cancellationToken)
    {
        // The file is touched once the document is complete, so that a model which cannot be written leaves the last one as it is.
        using var document = new MemoryStream();
        await using (var writer = new Utf8JsonWriter(document, new JsonWriterOptions { Indented = true }))
            await new ManifestPublishingContext(execution, path, writer, cancellationToken).WriteModelAsync(model).ConfigureAwait(false);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, document.ToArray(), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException($"The manifest cannot be written: {e.Message}", e);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The manifest is in {Path}")]
    private partial void LogWritten(string path);
}
