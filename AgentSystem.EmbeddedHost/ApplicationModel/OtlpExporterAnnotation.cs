namespace Aspire.Hosting.ApplicationModel;

/// <summary>The resource sends telemetry.</summary>
public class OtlpExporterAnnotation : IResourceAnnotation
{
    /// <summary>The only way that it knows; any when null.</summary>
    public OtlpProtocol? RequiredProtocol { get; init; }
}
