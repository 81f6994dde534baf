using AgentSystem.TelemetryStore.Otlp;

namespace AgentSystem.TelemetryStore.Jaeger;

/// <summary>What Jaeger's query service does to a trace before it shows it, unless <c>raw</c> is asked for; in its order (jaegerquery/internal/adjuster).</summary>
internal static class Adjusters
{
    private static readonly HashSet<string> LibraryKeys = new(StringComparer.Ordinal)
    {
        "telemetry.sdk.language", "telemetry.sdk.name", "telemetry.sdk.version", "telemetry.distro.name", "telemetry.distro.version",
    };

    internal static void Apply(JaegerTrace trace)
    {
        MakeSpanIdsUnique(trace);
        Sort(trace);
        DropDuplicates(trace);
        ClockSkew.Warn(trace);
        foreach (var process in trace.Spans.Select(s => s.Process).Distinct())
            WriteAddresses(process.Attributes);
        foreach (var span in trace.Spans)
        {
            WriteAddresses(span.Attributes);
            MoveLibraryAttributes(span);
            DropEmptyLinks(span);
        }
    }

    /// <summary>Zipkin's clients give both sides of a call the same id: the server's side gets one of its own, with the shared one as its parent.</summary>
    private static void MakeSpanIdsUnique(JaegerTrace trace)
    {
        var taken = trace.Spans.Select(s => s.Id).ToHashSet();
        var clients = trace.Spans.Where(s => s.Span.Kind == SpanKind.Client).Select(s => s.Id).ToHashSet();
        var renamed = new Dictionary<ulong, ulong>();
        ulong last = 0;
        foreach (var span in trace.Spans.Where(s => s.Span.Kind == SpanKind.Server && clients.Contains(s.Id)))
        {
            do
                last++;
            while (taken.Contains(last));
            renamed[span.Id] = last;
            (span.Parent, span.Id) = (span.Id, last);
        }
        foreach (var span in trace.Spans)
            if (renamed.TryGetValue(span.Parent, out var parent) && parent != span.Id)
                span.Parent = parent;
    }

    private static void Sort(JaegerTrace trace)
    {
        foreach (var process in trace.Spans.Select(s => s.Process).Distinct())
            Sort(process.Attributes);
        foreach (var span in trace.Spans)
        {
            Sort(span.Attributes);
            span.Events = [.. span.Events.OrderBy(e => e.Name, StringComparer.Ordinal).Select(e => e with { Attributes = [.. e.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal)] })];
        }
    }

    private static void Sort(List<KeyValue> attributes)
    {
        var sorted = attributes.OrderBy(a => a.Key, StringComparer.Ordinal).ToList();
        attributes.Clear();
        attributes.AddRange(sorted);
    }

    /// <summary>The same span of the same resource is shown once, however often it came.</summary>
    private static void DropDuplicates(JaegerTrace trace)
    {
        var seen = new HashSet<(string Resource, string Scope, string Span, ulong Id)>();
        trace.Spans.RemoveAll(s => !seen.Add((Text(s.Process.Resource.Raw), Attributes(s.Scope), Text(s.Span.Raw), s.Id)));

        static string Text(ReadOnlyMemory<byte> bytes) => Convert.ToBase64String(bytes.Span);
        static string Attributes(Scope scope) => string.Join('\0', scope.Attributes.Select(a => $"{a.Key}\0{a.Value}").Order(StringComparer.Ordinal));
    }

    private static void WriteAddresses(List<KeyValue> attributes)
    {
        for (var i = 0; i < attributes.Count; i++)
        {
            var (key, value) = attributes[i];
            if (key is not ("ip" or "peer.ipv4") || value.Kind is not (AnyValueKind.Whole or AnyValueKind.Number))
                continue;
            var address = value.Kind == AnyValueKind.Whole ? (uint)value.Whole : (uint)value.Number;
            attributes[i] = new(key, AnyValue.Of($"{address >> 24}.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255}"));
        }
    }

    private static void MoveLibraryAttributes(JaegerSpan span)
    {
        foreach (var attribute in span.Attributes.Where(a => LibraryKeys.Contains(a.Key)).ToList())
        {
            var at = span.Process.Attributes.FindIndex(a => a.Key == attribute.Key);
            if (at >= 0 && span.Process.Attributes[at].Value.ToString() != attribute.Value.ToString())
            {
                span.Warnings.Add($"conflicting values between Span and Resource for attribute {attribute.Key}");
                continue;
            }
            if (at < 0)
                span.Process.Attributes.Add(attribute);
            span.Attributes.Remove(attribute);
        }
    }

    private static void DropEmptyLinks(JaegerSpan span)
    {
        foreach (var link in span.Links)
            if (link.TraceId == 0)
                span.Warnings.Add("Invalid span link removed");
        span.Links = [.. span.Links.Where(l => l.TraceId != 0)];
    }
}
