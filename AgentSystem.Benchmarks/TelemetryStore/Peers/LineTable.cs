using AgentSystem.Benchmarks.TelemetryStore.Load;
using SQLitePCL;

namespace AgentSystem.Benchmarks.TelemetryStore.Peers;

/// <summary>How a full-text index cuts lines up; none is no index.</summary>
internal enum LineIndex
{
    None,
    Words,
    Trigrams,
}

/// <summary>Lines as rows of SQLite, with the rest of their record beside them; on request under an FTS5 index.</summary>
internal sealed class LineTable : IDisposable
{
    private readonly PeerDatabase _database;
    private readonly sqlite3_stmt _begin, _commit, _add;
    private readonly sqlite3_stmt? _index;

    internal LineTable(PeerDatabase database, LineIndex index)
    {
        _database = database;
        database.Execute("CREATE TABLE IF NOT EXISTS lines (id INTEGER PRIMARY KEY, time INTEGER NOT NULL, service TEXT NOT NULL, line TEXT NOT NULL, record BLOB NOT NULL)");
        if (index != LineIndex.None)
        {
            // Case counts and any part of a line can be asked for, as |= has it: that is trigrams. Words is what FTS5 does by default.
            var tokenizer = index == LineIndex.Trigrams ? "trigram case_sensitive 1" : "unicode61";
            database.Execute($"CREATE VIRTUAL TABLE IF NOT EXISTS {IndexName} USING fts5(line, content = 'lines', content_rowid = 'id', tokenize = '{tokenizer}')");
            _index = database.Prepare($"INSERT INTO {IndexName} (rowid, line) VALUES (?1, ?2)");
        }
        _begin = database.Prepare("BEGIN IMMEDIATE");
        _commit = database.Prepare("COMMIT");
        _add = database.Prepare("INSERT INTO lines (id, time, service, line, record) VALUES (?1, ?2, ?3, ?4, ?5)");
    }

    internal const string IndexName = "line_index";

    /// <summary>Inserts a request's lines in one transaction.</summary>
    internal void Add(LogLoad load, long first, bool isIndexed)
    {
        var count = load.Requests(first).Sum(r => r.Items);
        _database.Run(_begin);
        for (var i = 0; i < count; i++)
        {
            var (line, rest) = load.Line(i);
            raw.sqlite3_bind_int64(_add, 1, first + i + 1);
            raw.sqlite3_bind_int64(_add, 2, load.TimeOf(first + i));
            raw.sqlite3_bind_text(_add, 3, LogLoad.ServiceOf(first + i));
            raw.sqlite3_bind_text(_add, 4, line.Span);
            raw.sqlite3_bind_blob(_add, 5, rest.Span);
            _database.Run(_add);
            if (!isIndexed || _index is null)
                continue;
            raw.sqlite3_bind_int64(_index, 1, first + i + 1);
            raw.sqlite3_bind_text(_index, 2, line.Span);
            _database.Run(_index);
        }
        _database.Run(_commit);
    }

    public void Dispose()
    {
        foreach (var statement in (sqlite3_stmt?[])[_begin, _commit, _add, _index])
            statement?.Dispose();
    }
}
