using System.Globalization;
using AgentSystem.TelemetryStore.Otlp;

namespace AgentSystem.TelemetryStore.Logs;

/// <summary>
/// Makes Loki's entries of OTLP's log records, as Loki 3.7 does with its defaults (pkg/loghttp/push/otlp.go): the well-known resource
/// attributes become index labels, everything else structured metadata.
/// </summary>
public sealed class OtlpLogs
{
    /// <summary>Longest line that Loki takes by default, in bytes.</summary>
    public const int MaxLineBytes = 256 * 1024;

    private const string ServiceName = "service_name", UnknownService = "unknown_service";

    // distributor.otlp.default_resource_attributes_as_index_labels
    private static readonly HashSet<string> IndexLabels = new(StringComparer.Ordinal)
    {
        "service.name", "service.namespace", "service.instance.id", "deployment.environment", "deployment.environment.name", "cloud.region",
        "cloud.availability_zone", "k8s.cluster.name", "k8s.namespace.name", "k8s.pod.name", "k8s.container.name", "container.name",
        "k8s.replicaset.name", "k8s.deployment.name", "k8s.statefulset.name", "k8s.daemonset.name", "k8s.cronjob.name", "k8s.job.name",
    };

    // Those of Loki's discover_service_name that can come from an index label above.
    private static readonly HashSet<string> NamesOfServices = new(StringComparer.Ordinal) { "container_name", "k8s_container_name", "k8s_job_name" };

    private readonly Func<string, string?> _nameOf;
    private int _unnamed;

    private OtlpLogs(Func<string, string?> nameOf) => _nameOf = nameOf;

    /// <summary>
    /// The entries of all records, how many records were left out because their line is too long, and how many attributes because they have
    /// no name.
    /// </summary>
    /// <param name="request">What came.</param>
    /// <param name="nowNanos">The time for records that have none, in nanoseconds since 1970-01-01T00:00:00Z.</param>
    /// <param name="maxLineBytes">How long a line may be.</param>
    public static (List<LogEntry> Entries, int TooLong, int Unnamed) Convert(
        IReadOnlyList<ResourceGroup<LogRecord>> request, long nowNanos, int maxLineBytes = MaxLineBytes) =>
        new OtlpLogs(LabelNames.OrEscaped).Read(request, nowNanos, maxLineBytes);

    /// <summary>The entries of all records, with names as they are told.</summary>
    /// <param name="request">What came.</param>
    /// <param name="nowNanos">The time for records that have none, in nanoseconds since 1970-01-01T00:00:00Z.</param>
    /// <param name="nameOf">Makes a label's name of an attribute's.</param>
    public static List<LogEntry> Convert(IReadOnlyList<ResourceGroup<LogRecord>> request, long nowNanos, Func<string, string> nameOf) =>
        new OtlpLogs(nameOf).Read(request, nowNanos, int.MaxValue).Entries;

    private (List<LogEntry> Entries, int TooLong, int Unnamed) Read(IReadOnlyList<ResourceGroup<LogRecord>> request, long nowNanos, int maxLineBytes)
    {
        var entries = new List<LogEntry>();
        var tooLong = 0;
        var metadata = new List<Label>(24);
        foreach (var resource in request)
        {
            var (stream, ofResource) = Split(resource.Resource);
            foreach (var scope in resource.Scopes)
            {
                var ofScope = OfScope(scope.Scope);
                foreach (var record in scope.Items)
                {
                    var line = record.Body.ToString();
                    if (IsTooLong(line, maxLineBytes))
                    {
                        tooLong++;
                        continue;
                    }
                    metadata.Clear();
                    AddRecord(metadata, record);
                    metadata.AddRange(ofResource);
                    metadata.AddRange(ofScope);
                    var time = record.TimeNanos != 0 ? record.TimeNanos : record.ObservedNanos != 0 ? record.ObservedNanos : nowNanos;
                    entries.Add(new(time, line, stream, WithLevel(line, stream, metadata)));
                }
            }
        }
        return (entries, tooLong, _unnamed);
    }

    private static bool IsTooLong(string line, int maxBytes) =>
        line.Length > maxBytes || (line.Length > maxBytes / 3 && System.Text.Encoding.UTF8.GetByteCount(line) > maxBytes);

    private (Label[] Stream, List<Label> Metadata) Split(Resource resource)
    {
        List<Label> labels = [], metadata = [];
        var service = resource.Attributes.Any(a => a.Key == "service.name" && a.Value.ToString().Length > 0);
        string? discovered = null;
        foreach (var attribute in resource.Attributes)
        {
            if (!IndexLabels.Contains(attribute.Key))
            {
                Add(metadata, attribute, "");
                continue;
            }
            var before = labels.Count;
            Add(labels, attribute, "");
            for (var i = before; i < labels.Count; i++)
                if (NamesOfServices.Contains(labels[i].Name))
                    discovered ??= labels[i].Value;
        }
        if (!service)
            labels.Add(new(ServiceName, discovered ?? UnknownService));
        return (Sorted(labels), metadata);
    }

    private List<Label> OfScope(Scope scope)
    {
        List<Label> labels = [];
        foreach (var attribute in scope.Attributes)
            Add(labels, attribute, "");
        AddText(labels, "scope_name", scope.Name);
        AddText(labels, "scope_version", scope.Version);
        AddNumber(labels, "scope_dropped_attributes_count", scope.DroppedAttributes);
        return labels;
    }

    private void AddRecord(List<Label> labels, LogRecord record)
    {
        foreach (var attribute in record.Attributes)
            Add(labels, attribute, "");
        if (record.TimeNanos != 0)
            AddNumber(labels, "observed_timestamp", record.ObservedNanos);
        AddNumber(labels, "severity_number", record.SeverityNumber);
        AddText(labels, "severity_text", record.SeverityText);
        AddNumber(labels, "dropped_attributes_count", record.DroppedAttributes);
        AddNumber(labels, "flags", record.Flags);
        if (record.TraceId != 0)
            labels.Add(new("trace_id", Hex((ulong)(record.TraceId >> 64)) + Hex((ulong)record.TraceId)));
        if (record.SpanId != 0)
            labels.Add(new("span_id", Hex(record.SpanId)));
    }

    private static string Hex(ulong id) => id.ToString("x16", CultureInfo.InvariantCulture);

    // A map becomes a label for each of its entries, however deep; any other value becomes one.
    private void Add(List<Label> labels, KeyValue attribute, string prefix)
    {
        var name = _nameOf(prefix.Length == 0 ? attribute.Key : prefix + "_" + attribute.Key);
        if (attribute.Value.Kind == AnyValueKind.Map)
        {
            foreach (var entry in attribute.Value.Entries)
                Add(labels, entry, name ?? "");
        }
        else if (name is null)
            _unnamed++;
        else
            AddText(labels, name, attribute.Value.ToString());
    }

    private static void AddText(List<Label> labels, string name, string value)
    {
        if (value.Length > 0)
            labels.Add(new(name, value));
    }

    private static void AddNumber(List<Label> labels, string name, long value)
    {
        if (value != 0)
            labels.Add(new(name, value.ToString(CultureInfo.InvariantCulture)));
    }

    private static Label[] WithLevel(string line, Label[] stream, List<Label> metadata)
    {
        for (var i = 0; i < metadata.Count; i++)
        {
            if (metadata[i].Name != DetectedLevel.Name)
                continue;
            metadata[i] = new(DetectedLevel.Name, DetectedLevel.Normalize(metadata[i].Value));
            return Sorted(metadata);
        }
        metadata.Add(new(DetectedLevel.Name, DetectedLevel.Of(line, stream, metadata)));
        return Sorted(metadata);
    }

    // Of several labels of one name the last one counts.
    private static Label[] Sorted(List<Label> labels)
    {
        var keys = new Label[labels.Count];
        var count = 0;
        foreach (var label in labels)
        {
            var at = count;
            while (at > 0 && string.CompareOrdinal(keys[at - 1].Name, label.Name) > 0)
                at--;
            if (at > 0 && keys[at - 1].Name == label.Name)
            {
                keys[at - 1] = label;
                continue;
            }
            Array.Copy(keys, at, keys, at + 1, count - at);
            keys[at] = label;
            count++;
        }
        return count == keys.Length ? keys : keys[..count];
    }
}
