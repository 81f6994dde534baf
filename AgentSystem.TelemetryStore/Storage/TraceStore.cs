using AgentSystem.TelemetryStore.Otlp;
using AgentSystem.TelemetryStore.Traces;

namespace AgentSystem.TelemetryStore.Storage;

/// <summary>The spans in the partitions.</summary>
internal sealed class TraceStore(StoreWriter writer, TraceIntake intake) : ITraceStore
{
    // So many resources make an expression longer than the index is worth: then each row found is looked at.
    private const int MaxResourceTerms = 200;

    /// <summary>Takes the spans; done when they are on disk.</summary>
    internal Task WriteAsync(IReadOnlyList<SpanRow> rows) => intake.WriteAsync(rows);

    public IReadOnlyList<string> Services() => [.. Distinct("SELECT DISTINCT service FROM operations", [], row => row.GetString(0)).Order(StringComparer.Ordinal)];

    public IReadOnlyList<Operation> Operations(string service) =>
    [
        .. Distinct("SELECT name, kind FROM operations WHERE service = ?1", [service], row => new Operation(row.GetString(0), (SpanKind)row.GetInt32(1)))
            .OrderBy(o => o.Name, StringComparer.Ordinal).ThenBy(o => o.Kind),
    ];

    public Trace? Find(UInt128 id) => Locate(id)?.Trace;

    public IReadOnlyList<Trace> Search(TraceQuery query, CancellationToken cancellationToken)
    {
        var found = new HashSet<UInt128>();
        foreach (var partition in writer.Partitions.All.Reverse())
        {
            if (partition.Spans.Last < query.StartMin || partition.Spans.First > query.StartMax)
                continue;
            using var reader = partition.Rent();
            Search(reader, query, found, cancellationToken);
            if (found.Count >= query.Limit)
                break;
        }
        // The newest first: the one whose first spans came last.
        return [.. found.Select(Locate).OfType<Located>().OrderByDescending(t => t.Partition).ThenByDescending(t => t.Row).Select(t => t.Trace)];
    }

    public IReadOnlyList<Dependency> Dependencies(long fromNanos, long toNanos, CancellationToken cancellationToken) =>
        new DependencyScan(writer.Partitions.All, fromNanos, toNanos).Run(cancellationToken);

    private static void Search(PartitionReader reader, TraceQuery query, HashSet<UInt128> found, CancellationToken cancellationToken)
    {
        if (Expression(reader, query) is not { } expression)
            return;
        using var statement = new Statement(reader.Connection, """
            SELECT s.id, s.trace_high, s.trace_low, s.resource, s.data FROM span_terms JOIN spans s ON s.id = span_terms.rowid
            WHERE span_terms MATCH ?1 AND s.last >= ?2 AND s.first <= ?3 ORDER BY span_terms.rowid DESC
            """, 3);
        using var row = statement.Read(expression, query.StartMin, query.StartMax);
        while (found.Count < query.Limit && row.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var id = new UInt128((ulong)row.GetInt64(1), (ulong)row.GetInt64(2));
            if (!found.Contains(id) && Holds(query, reader.Read(new(row.GetInt64(0), id, row.GetInt64(3), row.Blob(4)))))
                found.Add(id);
        }
    }

    private static bool Holds(TraceQuery query, ResourceGroup<Span> group)
    {
        if (query.Service.Length > 0 && SpanRules.ServiceOf(group.Resource) != query.Service)
            return false;
        foreach (var scope in group.Scopes)
            foreach (var span in scope.Items)
                if (SpanMatch.Holds(query, group.Resource, scope.Scope, span))
                    return true;
        return false;
    }

    /// <summary>What to look up in the full-text index; null when there is nothing to be found here.</summary>
    private static string? Expression(PartitionReader reader, TraceQuery query)
    {
        var resources = reader.Partition.Resources(reader.Connection).ToList();
        var all = new List<string>();
        if (query.Service.Length > 0)
        {
            resources = [.. resources.Where(r => r.Value.Service == query.Service)];
            if (resources.Count == 0)
                return null;
        }
        if (resources.Count <= MaxResourceTerms)
            all.Add(Any(resources.Select(r => SpanTerms.Resource(r.Key))));
        if (query.Operation.Length > 0)
            all.Add(SpanTerms.Operation(query.Operation));
        foreach (var (tag, value) in query.Tags)
        {
            if (tag == SpanMatch.Error && SpanMatch.ParseBool(value) == true)
                all.Add(SpanTerms.Failed);
            if (!SpanMatch.IsAttribute(tag))
                continue;
            var inResource = tag.StartsWith(SpanMatch.ResourcePrefix, StringComparison.Ordinal);
            var key = inResource ? tag[SpanMatch.ResourcePrefix.Length..] : tag;
            var having = resources.Where(r => SpanMatch.Has(r.Value.Resource.Attributes, key, value)).Select(r => SpanTerms.Resource(r.Key)).ToList();
            if (!inResource)
                having.Add(SpanTerms.Attribute(key, value));
            if (having.Count == 0)
                return null;
            if (having.Count <= MaxResourceTerms)
                all.Add(Any(having));
        }
        // Every row has a resource: there is always something to look up.
        return all.Count > 0 ? string.Join(" AND ", all) : "r0*";

        static string Any(IEnumerable<string> terms) => $"({string.Join(" OR ", terms)})";
    }

    private Located? Locate(UInt128 id)
    {
        var resources = new List<ResourceGroup<Span>>();
        (long Partition, long Row)? first = null;
        foreach (var partition in writer.Partitions.All)
        {
            if (partition.Spans.IsEmpty)
                continue;
            using var reader = partition.Rent();
            foreach (var row in reader.Trace(id))
            {
                first ??= (partition.Number, row.Id);
                resources.Add(reader.Read(row));
            }
        }
        return first is { } at ? new(at.Partition, at.Row, new(id, resources)) : null;
    }

    private HashSet<T> Distinct<T>(string sql, object?[] values, Func<Microsoft.Data.Sqlite.SqliteDataReader, T> read)
    {
        var all = new HashSet<T>();
        foreach (var partition in writer.Partitions.All)
        {
            using var reader = partition.Rent();
            using var statement = new Statement(reader.Connection, sql, values.Length);
            using var row = statement.Read(values);
            while (row.Read())
                all.Add(read(row));
        }
        return all;
    }

    private sealed record Located(long Partition, long Row, Trace Trace);
}
