using System.Diagnostics;
using AgentSystem.Protocol;
using Prometheus;

namespace AgentSystem.ServiceDefaults.Telemetry;

/// <summary>Leads from a sample to one trace that made it.</summary>
internal static class TraceExemplar
{
    private static readonly Exemplar.LabelKey
        TraceId = Exemplar.Key(TelemetryNames.Logs.TraceId), SpanId = Exemplar.Key(TelemetryNames.Logs.SpanId);

    /// <summary>None for a span that is not recorded: its trace will not be found anywhere.</summary>
    internal static Exemplar Of(Activity? activity) => activity is { Recorded: true }
        ? Exemplar.From(TraceId.WithValue(activity.TraceId.ToHexString()), SpanId.WithValue(activity.SpanId.ToHexString()))
        : Exemplar.None;
}
