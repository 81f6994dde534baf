using AgentSystem.TelemetryStore.Otlp;
using AgentSystem.TelemetryStore.Traces;

namespace AgentSystem.TelemetryStore.Jaeger;

/// <summary>A trace on its way to Jaeger's JSON: what adjusters may change of it.</summary>
internal sealed class JaegerTrace
{
    internal JaegerTrace(Trace trace)
    {
        Id = trace.Id;
        foreach (var group in trace.Resources)
        {
            var process = new JaegerProcess(SpanRules.ServiceOf(group.Resource), [.. group.Resource.Attributes], group.Resource);
            foreach (var scope in group.Scopes)
                foreach (var span in scope.Items)
                    Spans.Add(new(process, scope.Scope, span));
        }
    }

    internal UInt128 Id { get; }

    internal List<JaegerSpan> Spans { get; } = [];
}

/// <summary>What sent some spans.</summary>
/// <param name="service">Its service.</param>
/// <param name="attributes">Its attributes.</param>
/// <param name="resource">Where they come from.</param>
internal sealed class JaegerProcess(string service, List<KeyValue> attributes, Resource resource)
{
    internal string Service { get; } = service;

    internal List<KeyValue> Attributes { get; } = attributes;

    internal Resource Resource { get; } = resource;
}

/// <summary>A span on its way.</summary>
internal sealed class JaegerSpan
{
    internal JaegerSpan(JaegerProcess process, Scope scope, Span span)
    {
        (Process, Scope, Span, Id, Parent) = (process, scope, span, span.SpanId, span.ParentSpanId);
        Attributes = [.. span.Attributes];
        Events = span.Events;
        Links = span.Links;
        End = SpanRules.EndOf(span);
        if (End != span.EndNanos)
            Warnings.Add($"Negative duration detected, sanitizing end timestamp. Original end timestamp: {GoText.Time(span.EndNanos)}, adjusted to: {GoText.Time(End)}");
    }

    internal JaegerProcess Process { get; }

    internal Scope Scope { get; }

    internal Span Span { get; }

    internal ulong Id { get; set; }

    internal ulong Parent { get; set; }

    internal long Start => Span.StartNanos;

    internal long End { get; }

    internal List<KeyValue> Attributes { get; }

    internal SpanEvent[] Events { get; set; }

    internal SpanLink[] Links { get; set; }

    internal List<string> Warnings { get; } = [];
}
