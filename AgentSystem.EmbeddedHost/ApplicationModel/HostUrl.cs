namespace Aspire.Hosting.ApplicationModel;

/// <summary>An address on this machine. Aspire rewrites it for a container; this engine starts none, so it is itself for everybody.</summary>
public record HostUrl(string Url) : IExpressionValue
{
    string IManifestExpressionProvider.ValueExpression => Url;

    ValueTask<string?> IValueProvider.GetValueAsync(CancellationToken cancellationToken) => ValueTask.FromResult<string?>(Url);
}
