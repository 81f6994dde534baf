using AgentSystem.TelemetryStore.LogQl.Syntax;
using AgentSystem.TelemetryStore.Logs;
using AgentSystem.TelemetryStore.Otlp;

namespace AgentSystem.TelemetryStore.Loki;

/// <summary>Names of labels, and what Loki says of those that cannot be.</summary>
internal static class LokiNames
{
    /// <exception cref="OtlpFormatException">No label can be named after it; the message is that of Prometheus's otlptranslator.</exception>
    internal static string Of(string attribute)
    {
        if (attribute.Length == 0)
            throw new OtlpFormatException("label name is empty");
        return LabelNames.TryTranslate(attribute, out var name)
            ? name
            : throw new OtlpFormatException($"normalization for label name {GoText.Quote(attribute)} resulted in invalid name {GoText.Quote(name)}");
    }

    /// <summary>As <see cref="Of"/>, where Loki converts OTLP.</summary>
    /// <exception cref="OtlpFormatException">No label can be named after it.</exception>
    internal static string OfAttribute(string attribute)
    {
        try
        {
            return Of(attribute);
        }
        catch (OtlpFormatException e)
        {
            throw new OtlpFormatException($"symbolizer lookup: {e.Message}", e);
        }
    }
}
