namespace AgentSystem.TelemetryStore.Otlp;

/// <summary>Reads no more of spans than which of them is whose parent.</summary>
internal static class SpanOutline
{
    /// <summary>The ids of the spans in some <c>ScopeSpans</c>, and of their parents.</summary>
    internal static List<(ulong Span, ulong Parent)> Of(ReadOnlySpan<byte> scopeSpans)
    {
        var outline = new List<(ulong, ulong)>();
        var groups = new ProtoReader(scopeSpans);
        while (groups.Next(out var field))
        {
            if (field != 2)
            {
                groups.Skip();
                continue;
            }
            var group = new ProtoReader(groups.Message());
            while (group.Next(out var inner))
            {
                if (inner == 2)
                    outline.Add(OfSpan(group.Message()));
                else
                    group.Skip();
            }
        }
        return outline;
    }

    private static (ulong Span, ulong Parent) OfSpan(ReadOnlySpan<byte> message)
    {
        var (span, parent) = (0UL, 0UL);
        var reader = new ProtoReader(message);
        while (reader.Next(out var field))
        {
            if (field == 2)
                span = ProtoValues.SpanIdOf(reader.Message());
            else if (field == 4)
                parent = ProtoValues.SpanIdOf(reader.Message());
            else
                reader.Skip();
        }
        return (span, parent);
    }
}
