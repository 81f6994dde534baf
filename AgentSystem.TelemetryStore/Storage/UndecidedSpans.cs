using AgentSystem.TelemetryStore.Otlp;
using AgentSystem.TelemetryStore.Traces;
using Microsoft.Data.Sqlite;

namespace AgentSystem.TelemetryStore.Storage;

/// <summary>Spans that are acknowledged, and so on disk, while tail sampling has not decided whether they stay.</summary>
internal sealed class UndecidedSpans(SqliteConnection connection) : IDisposable
{
    private const string Columns = "trace_high, trace_low, resource, service, operations, first, last, ended, count, notable, terms, data";

    private readonly Statement _add = new(connection, $"INSERT INTO undecided ({Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)", 12);
    private readonly Statement _all = new(connection, $"SELECT {Columns} FROM undecided ORDER BY id", 0);
    private readonly Statement _of = new(connection, $"SELECT {Columns} FROM undecided WHERE trace_low = ?1 AND trace_high = ?2 ORDER BY id", 2);
    private readonly Statement _delete = new(connection, "DELETE FROM undecided WHERE trace_low = ?1 AND trace_high = ?2", 2);

    internal void Add(SpanRow row)
    {
        var operations = new BlobWriter();
        operations.Varint((ulong)row.Operations.Count);
        foreach (var (name, kind) in row.Operations)
        {
            operations.Varint((ulong)kind);
            operations.Varint((ulong)System.Text.Encoding.UTF8.GetByteCount(name));
            operations.Text(name);
        }
        _add.Run(High(row.TraceId), Low(row.TraceId), row.Resource.ToArray(), row.Service, operations.ToArray(), row.FirstStart, row.LastStart, row.LastEnd,
            row.Count, row.IsNotable ? 1 : 0, row.Terms, row.Scopes);
    }

    internal List<SpanRow> All() => Read(_all.Read());

    /// <summary>The trace's rows, which are then no longer undecided.</summary>
    internal List<SpanRow> Take(UInt128 trace)
    {
        var rows = Read(_of.Read(Low(trace), High(trace)));
        _delete.Run(Low(trace), High(trace));
        return rows;
    }

    public void Dispose()
    {
        _add.Dispose();
        _all.Dispose();
        _of.Dispose();
        _delete.Dispose();
    }

    private static List<SpanRow> Read(SqliteDataReader row)
    {
        var rows = new List<SpanRow>();
        using (row)
        {
            while (row.Read())
            {
                rows.Add(new()
                {
                    TraceId = new UInt128((ulong)row.GetInt64(0), (ulong)row.GetInt64(1)),
                    Resource = row.Blob(2),
                    Service = row.GetString(3),
                    Operations = ReadOperations(row.Blob(4)),
                    FirstStart = row.GetInt64(5),
                    LastStart = row.GetInt64(6),
                    LastEnd = row.GetInt64(7),
                    Count = row.GetInt32(8),
                    IsNotable = row.GetBoolean(9),
                    Terms = row.GetString(10),
                    Scopes = row.Blob(11),
                });
            }
        }
        return rows;
    }

    private static Operation[] ReadOperations(byte[] blob)
    {
        var input = new BlobReader(blob);
        var operations = new Operation[(int)input.Varint()];
        for (var i = 0; i < operations.Length; i++)
        {
            var kind = (SpanKind)input.Varint();
            operations[i] = new(input.Text((int)input.Varint()), kind);
        }
        return operations;
    }

    private static long High(UInt128 id) => (long)(ulong)(id >> 64);

    private static long Low(UInt128 id) => (long)(ulong)id;
}
