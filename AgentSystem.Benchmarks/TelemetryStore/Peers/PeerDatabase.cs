using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AgentSystem.Benchmarks.TelemetryStore.Peers;

/// <summary>A SQLite file with the store's own settings for durability, written and read with prepared statements.</summary>
internal sealed class PeerDatabase : IDisposable
{
    private readonly SqliteConnection _connection;

    internal PeerDatabase(string path)
    {
        _connection = new(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        _connection.Open();
        Execute("PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4096; PRAGMA cache_size = -24576;");
    }

    internal void Execute(string sql) => Check(raw.sqlite3_exec(_connection.Handle, sql));

    internal sqlite3_stmt Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v2(_connection.Handle, sql, out var statement));
        return statement;
    }

    /// <summary>Runs a statement to its end and makes it ready for the next time.</summary>
    /// <returns>How many rows it gave.</returns>
    internal int Run(sqlite3_stmt statement)
    {
        var rows = 0;
        int result;
        while ((result = raw.sqlite3_step(statement)) == raw.SQLITE_ROW)
            rows++;
        if (result != raw.SQLITE_DONE)
            Check(result);
        raw.sqlite3_reset(statement);
        return rows;
    }

    internal long Number(string sql)
    {
        using var statement = Prepare(sql);
        return raw.sqlite3_step(statement) == raw.SQLITE_ROW ? raw.sqlite3_column_int64(statement, 0) : 0;
    }

    /// <summary>Bytes of the file once all is in it.</summary>
    internal long Size()
    {
        Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        return new FileInfo(_connection.DataSource).Length;
    }

    public void Dispose() => _connection.Dispose();

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _connection.Handle);
}
