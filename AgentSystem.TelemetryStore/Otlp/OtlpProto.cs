namespace AgentSystem.TelemetryStore.Otlp;

/// <summary>Reads OTLP 1.x's binary form (field numbers: https://github.com/open-telemetry/opentelemetry-proto, v1.9.0). Unknown fields are passed over.</summary>
internal static class OtlpProto
{
    private delegate T Read<out T>(ReadOnlyMemory<byte> message);

    /// <summary>An <c>ExportTraceServiceRequest</c>.</summary>
    internal static IReadOnlyList<ResourceGroup<Span>> Traces(ReadOnlyMemory<byte> request) => Groups(request, ReadSpan);

    /// <summary>An <c>ExportLogsServiceRequest</c>.</summary>
    internal static IReadOnlyList<ResourceGroup<LogRecord>> Logs(ReadOnlyMemory<byte> request) => Groups(request, message => ReadLogRecord(message.Span));

    /// <summary>The number of data points in an <c>ExportMetricsServiceRequest</c>: nothing else is wanted of it.</summary>
    internal static int CountDataPoints(ReadOnlyMemory<byte> request) =>
        Groups(request, message => CountOfMetric(message.Span)).Sum(r => r.Scopes.Sum(s => s.Items.Sum()));

    /// <summary>The <c>ScopeSpans</c> of a resource, one after the other.</summary>
    internal static List<ScopeGroup<Span>> ScopeSpans(ReadOnlyMemory<byte> message)
    {
        var scopes = new List<ScopeGroup<Span>>();
        var reader = new ProtoReader(message.Span);
        while (reader.Next(out var field))
        {
            if (field == 2)
                scopes.Add(Group(SliceOf(message, ref reader), ReadSpan));
            else
                reader.Skip();
        }
        return scopes;
    }

    internal static Resource ReadResource(ReadOnlyMemory<byte> message)
    {
        var attributes = new List<KeyValue>();
        var reader = new ProtoReader(message.Span);
        while (reader.Next(out var field))
        {
            if (field == 1)
                attributes.Add(ProtoValues.ReadKeyValue(reader.Message()));
            else
                reader.Skip();
        }
        return new() { Attributes = [.. attributes], Raw = message };
    }

    // The three requests have the same outline: a resource, its scopes, their items.
    private static List<ResourceGroup<T>> Groups<T>(ReadOnlyMemory<byte> request, Read<T> item)
    {
        var groups = new List<ResourceGroup<T>>();
        var reader = new ProtoReader(request.Span);
        while (reader.Next(out var field))
        {
            if (field == 1)
                groups.Add(ResourceItems(SliceOf(request, ref reader), item));
            else
                reader.Skip();
        }
        return groups;
    }

    private static ResourceGroup<T> ResourceItems<T>(ReadOnlyMemory<byte> message, Read<T> item)
    {
        var resource = Resource.None;
        var scopes = new List<ScopeGroup<T>>();
        var reader = new ProtoReader(message.Span);
        while (reader.Next(out var field))
        {
            if (field == 1)
                resource = ReadResource(SliceOf(message, ref reader));
            else if (field == 2)
                scopes.Add(Group(SliceOf(message, ref reader), item));
            else
                reader.Skip();
        }
        return new(resource, scopes);
    }

    private static ScopeGroup<T> Group<T>(ReadOnlyMemory<byte> message, Read<T> item)
    {
        var scope = Scope.None;
        var items = new List<T>();
        var reader = new ProtoReader(message.Span);
        while (reader.Next(out var field))
        {
            if (field == 1)
                scope = ReadScope(SliceOf(message, ref reader));
            else if (field == 2)
                items.Add(item(SliceOf(message, ref reader)));
            else
                reader.Skip();
        }
        return new(scope, items);
    }

    private static ReadOnlyMemory<byte> SliceOf(ReadOnlyMemory<byte> message, ref ProtoReader reader)
    {
        var length = reader.Message().Length;
        return message.Slice(reader.ValueStart, length);
    }

    private static Scope ReadScope(ReadOnlyMemory<byte> message)
    {
        string name = "", version = "";
        uint dropped = 0;
        List<KeyValue>? attributes = null;
        var reader = new ProtoReader(message.Span);
        while (reader.Next(out var field))
        {
            switch (field)
            {
                case 1: name = reader.Text(); break;
                case 2: version = reader.Text(); break;
                case 3: (attributes ??= []).Add(ProtoValues.ReadKeyValue(reader.Message())); break;
                case 4: dropped = (uint)reader.Varint(); break;
                default: reader.Skip(); break;
            }
        }
        return new() { Name = name, Version = version, Attributes = attributes is null ? [] : [.. attributes], DroppedAttributes = dropped, Raw = message };
    }

    internal static Span ReadSpan(ReadOnlyMemory<byte> message)
    {
        UInt128 traceId = 0;
        ulong spanId = 0, parent = 0, start = 0, end = 0, kind = 0;
        string name = "", traceState = "", statusMessage = "";
        var status = StatusCode.Unset;
        var attributes = new List<KeyValue>(8);
        List<SpanEvent>? events = null;
        List<SpanLink>? links = null;
        var reader = new ProtoReader(message.Span);
        while (reader.Next(out var field))
        {
            switch (field)
            {
                case 1: traceId = ProtoValues.TraceIdOf(reader.Message()); break;
                case 2: spanId = ProtoValues.SpanIdOf(reader.Message()); break;
                case 3: traceState = reader.Text(); break;
                case 4: parent = ProtoValues.SpanIdOf(reader.Message()); break;
                case 5: name = reader.Text(); break;
                case 6: kind = reader.Varint(); break;
                case 7: start = reader.Fixed64(); break;
                case 8: end = reader.Fixed64(); break;
                case 9: attributes.Add(ProtoValues.ReadKeyValue(reader.Message())); break;
                case 11: (events ??= []).Add(ReadEvent(reader.Message())); break;
                case 13: (links ??= []).Add(ReadLink(reader.Message())); break;
                case 15: (status, statusMessage) = ReadStatus(reader.Message()); break;
                default: reader.Skip(); break;
            }
        }
        return new()
        {
            TraceId = traceId,
            SpanId = spanId,
            ParentSpanId = parent,
            TraceState = traceState,
            Name = name,
            Kind = kind <= (ulong)SpanKind.Consumer ? (SpanKind)kind : SpanKind.Unspecified,
            StartNanos = Nanos(start),
            EndNanos = Nanos(end),
            Attributes = [.. attributes],
            Events = events is null ? [] : [.. events],
            Links = links is null ? [] : [.. links],
            Status = status,
            StatusMessage = statusMessage,
            Raw = message,
        };
    }

    private static (StatusCode Code, string Message) ReadStatus(ReadOnlySpan<byte> message)
    {
        var (code, text) = (0UL, "");
        var reader = new ProtoReader(message);
        while (reader.Next(out var field))
        {
            switch (field)
            {
                case 2: text = reader.Text(); break;
                case 3: code = reader.Varint(); break;
                default: reader.Skip(); break;
            }
        }
        return (code <= (ulong)StatusCode.Error ? (StatusCode)code : StatusCode.Unset, text);
    }

    private static SpanEvent ReadEvent(ReadOnlySpan<byte> message)
    {
        var (time, name) = (0UL, "");
        List<KeyValue>? attributes = null;
        var reader = new ProtoReader(message);
        while (reader.Next(out var field))
        {
            switch (field)
            {
                case 1: time = reader.Fixed64(); break;
                case 2: name = reader.Text(); break;
                case 3: (attributes ??= []).Add(ProtoValues.ReadKeyValue(reader.Message())); break;
                default: reader.Skip(); break;
            }
        }
        return new(Nanos(time), name, attributes is null ? [] : [.. attributes]);
    }

    private static SpanLink ReadLink(ReadOnlySpan<byte> message)
    {
        var (traceId, spanId) = ((UInt128)0, 0UL);
        List<KeyValue>? attributes = null;
        var reader = new ProtoReader(message);
        while (reader.Next(out var field))
        {
            switch (field)
            {
                case 1: traceId = ProtoValues.TraceIdOf(reader.Message()); break;
                case 2: spanId = ProtoValues.SpanIdOf(reader.Message()); break;
                case 4: (attributes ??= []).Add(ProtoValues.ReadKeyValue(reader.Message())); break;
                default: reader.Skip(); break;
            }
        }
        return new(traceId, spanId, attributes is null ? [] : [.. attributes]);
    }

    private static LogRecord ReadLogRecord(ReadOnlySpan<byte> message)
    {
        ulong time = 0, observed = 0, severity = 0, spanId = 0;
        uint dropped = 0, flags = 0;
        UInt128 traceId = 0;
        var severityText = "";
        AnyValue body = default;
        var attributes = new List<KeyValue>(8);
        var reader = new ProtoReader(message);
        while (reader.Next(out var field))
        {
            switch (field)
            {
                case 1: time = reader.Fixed64(); break;
                case 2: severity = reader.Varint(); break;
                case 3: severityText = reader.Text(); break;
                case 5: body = ProtoValues.ReadValue(reader.Message()); break;
                case 6: attributes.Add(ProtoValues.ReadKeyValue(reader.Message())); break;
                case 7: dropped = (uint)reader.Varint(); break;
                case 8: flags = reader.Fixed32(); break;
                case 9: traceId = ProtoValues.TraceIdOf(reader.Message()); break;
                case 10: spanId = ProtoValues.SpanIdOf(reader.Message()); break;
                case 11: observed = reader.Fixed64(); break;
                default: reader.Skip(); break;
            }
        }
        return new()
        {
            TimeNanos = Nanos(time),
            ObservedNanos = Nanos(observed),
            SeverityNumber = (int)severity,
            SeverityText = severityText,
            Body = body,
            Attributes = [.. attributes],
            DroppedAttributes = dropped,
            Flags = flags,
            TraceId = traceId,
            SpanId = spanId,
        };
    }

    private static int CountOfMetric(ReadOnlySpan<byte> message)
    {
        var count = 0;
        var reader = new ProtoReader(message);
        while (reader.Next(out var field))
        {
            // gauge, sum, histogram, exponential_histogram, summary: each has its data points in field 1.
            if (field is 5 or 7 or 9 or 10 or 11)
            {
                var data = new ProtoReader(reader.Message());
                while (data.Next(out var inner))
                {
                    data.Skip();
                    count += inner == 1 ? 1 : 0;
                }
            }
            else
                reader.Skip();
        }
        return count;
    }

    // OTLP's times are unsigned; what lies beyond the year 2262 is no time.
    private static long Nanos(ulong value) => (long)Math.Min(value, long.MaxValue);
}
