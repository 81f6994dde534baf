using AgentSystem.TelemetryStore.Otlp;

namespace AgentSystem.TelemetryStore.Traces;

/// <summary>Whether a span is one that was asked for, by the rules of Jaeger 2's own storage (internal/storage/v2/memory).</summary>
internal static class SpanMatch
{
    internal const string Error = "error", ResourcePrefix = "resource.";

    private const string Status = "span.status", Kind = "span.kind", ScopeName = "scope.name", ScopeVersion = "scope.version";

    /// <summary>Whether the tag asks for an attribute, and not for one of the fields that Jaeger shows as if they were.</summary>
    internal static bool IsAttribute(string tag) => tag is not (Error or Status or Kind or ScopeName or ScopeVersion);

    internal static bool Holds(TraceQuery query, Resource resource, Scope scope, Span span)
    {
        if (query.Operation.Length > 0 && query.Operation != SpanRules.NameOf(span))
            return false;
        if (span.StartNanos < query.StartMin || span.StartNanos > query.StartMax)
            return false;
        var duration = SpanRules.EndOf(span) - span.StartNanos;
        if ((query.DurationMin != 0 && duration < query.DurationMin) || (query.DurationMax != 0 && duration > query.DurationMax))
            return false;
        foreach (var (tag, value) in query.Tags)
            if (!Holds(tag, value, resource, scope, span))
                return false;
        return true;
    }

    internal static bool Has(KeyValue[] attributes, string key, string value)
    {
        foreach (var attribute in attributes)
            if (attribute.Key == key)
                return attribute.Value.ToString() == value;
        return false;
    }

    /// <summary>True, false, or null when Go's <c>strconv.ParseBool</c> would not read it.</summary>
    internal static bool? ParseBool(string text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => null,
    };

    private static bool Holds(string tag, string value, Resource resource, Scope scope, Span span) => tag switch
    {
        // A span about whose status nothing was said is neither.
        Error => ParseBool(value) switch { true => span.Status == StatusCode.Error, false => span.Status == StatusCode.Ok, null => false },
        Status => span.Status == value.ToUpperInvariant() switch { "OK" => StatusCode.Ok, "ERROR" => StatusCode.Error, _ => StatusCode.Unset },
        Kind => SpanRules.KindName(span.Kind) == KindOf(value),
        ScopeName => scope.Name == value,
        ScopeVersion => scope.Version == value,
        _ when tag.StartsWith(ResourcePrefix, StringComparison.Ordinal) => Has(resource.Attributes, tag[ResourcePrefix.Length..], value),
        _ => Has(span.Attributes, tag, value) || Has(scope.Attributes, tag, value) || Has(resource.Attributes, tag, value)
            || Array.Exists(span.Events, e => Has(e.Attributes, tag, value)) || Array.Exists(span.Links, l => Has(l.Attributes, tag, value)),
    };

    private static string KindOf(string value) =>
        value.ToLowerInvariant() is ("client" or "server" or "producer" or "consumer" or "internal") and var kind ? kind : "";
}
