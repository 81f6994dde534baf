using AgentSystem.Protocol;
using AgentSystem.TelemetryStore.Otlp;

namespace AgentSystem.TelemetryStore.Traces;

/// <summary>Makes rows of a request's spans. Runs on the request's thread, so that the one that writes has little left to do.</summary>
public static class SpanRows
{
    /// <summary>The priorities of tasks whose traces are always kept.</summary>
    public static readonly string[] UrgentPriorities = ["critical", "high"];

    /// <summary>The rows, and how many spans were left out because they have no trace id or no span id.</summary>
    public static (List<SpanRow> Rows, int Invalid) From(IReadOnlyList<ResourceGroup<Span>> request)
    {
        var rows = new List<SpanRow>();
        var invalid = 0;
        foreach (var resource in request)
        {
            var traces = new Dictionary<UInt128, List<(Scope Scope, Span Span)>>();
            foreach (var scope in resource.Scopes)
            {
                foreach (var span in scope.Items)
                {
                    if (span.TraceId == 0 || span.SpanId == 0)
                    {
                        invalid++;
                        continue;
                    }
                    if (!traces.TryGetValue(span.TraceId, out var spans))
                        traces[span.TraceId] = spans = [];
                    spans.Add((scope.Scope, span));
                }
            }
            var service = SpanRules.ServiceOf(resource.Resource);
            foreach (var (id, spans) in traces)
                rows.Add(Row(id, resource.Resource, service, spans));
        }
        return (rows, invalid);
    }

    private static SpanRow Row(UInt128 id, Resource resource, string service, List<(Scope Scope, Span Span)> spans)
    {
        var terms = new HashSet<string>(StringComparer.Ordinal);
        var operations = new HashSet<Operation>();
        var (first, last, end, notable) = (long.MaxValue, long.MinValue, long.MinValue, false);
        var output = new ProtoWriter();
        var group = new ProtoWriter();
        for (var i = 0; i < spans.Count; i++)
        {
            var (scope, span) = spans[i];
            if (i == 0 || scope != spans[i - 1].Scope)
            {
                if (i > 0)
                    output.Message(2, group);
                group = new();
                group.Message(1, scope.Raw.Span);
            }
            group.Message(2, span.Raw.Span);
            SpanTerms.Add(terms, span, scope);
            operations.Add(new(SpanRules.NameOf(span), span.Kind));
            first = Math.Min(first, span.StartNanos);
            last = Math.Max(last, span.StartNanos);
            end = Math.Max(end, SpanRules.EndOf(span));
            notable |= span.Status == StatusCode.Error || IsUrgent(span);
        }
        output.Message(2, group);
        return new()
        {
            TraceId = id,
            Resource = resource.Raw,
            Service = service,
            Operations = operations,
            FirstStart = first,
            LastStart = last,
            LastEnd = end,
            Count = spans.Count,
            Terms = string.Join(' ', terms),
            Scopes = output.ToArray(),
            IsNotable = notable,
        };
    }

    private static bool IsUrgent(Span span)
    {
        foreach (var (key, value) in span.Attributes)
            if (key == TelemetryNames.Attributes.TaskPriority)
                return UrgentPriorities.Contains(value.ToString());
        return false;
    }
}
