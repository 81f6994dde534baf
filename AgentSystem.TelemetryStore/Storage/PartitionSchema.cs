using Microsoft.Data.Sqlite;

namespace AgentSystem.TelemetryStore.Storage;

/// <summary>
/// The tables of a partition. A partition is one SQLite file with all that came in a stretch of time: what is too old goes by deleting
/// a file, and nothing ever has to be vacuumed.
/// </summary>
internal static class PartitionSchema
{
    private const int Version = 1;

    // open: may still be merged with its neighbours. signature: see TextSignature; null where there is none yet.
    private const string Tables = """
        CREATE TABLE streams (id INTEGER PRIMARY KEY, labels BLOB NOT NULL);
        CREATE TABLE lines (
          id INTEGER PRIMARY KEY AUTOINCREMENT, stream INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, count INTEGER NOT NULL,
          open INTEGER NOT NULL, signature BLOB, data BLOB NOT NULL);
        CREATE INDEX lines_open ON lines (stream, id, count) WHERE open = 1;
        CREATE TABLE resources (id INTEGER PRIMARY KEY, service TEXT NOT NULL, data BLOB NOT NULL);
        CREATE TABLE operations (service TEXT NOT NULL, name TEXT NOT NULL, kind INTEGER NOT NULL, PRIMARY KEY (service, name, kind)) WITHOUT ROWID;
        CREATE TABLE spans (
          id INTEGER PRIMARY KEY, trace_high INTEGER NOT NULL, trace_low INTEGER NOT NULL, resource INTEGER NOT NULL, first INTEGER NOT NULL,
          last INTEGER NOT NULL, ended INTEGER NOT NULL, count INTEGER NOT NULL, data BLOB NOT NULL);
        CREATE INDEX spans_by_trace ON spans (trace_low);
        CREATE VIRTUAL TABLE span_terms USING fts5 (terms, content = '', detail = none, columnsize = 0, tokenize = 'ascii');
        CREATE TABLE undecided (
          id INTEGER PRIMARY KEY, trace_high INTEGER NOT NULL, trace_low INTEGER NOT NULL, resource BLOB NOT NULL, service TEXT NOT NULL,
          operations BLOB NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, ended INTEGER NOT NULL, count INTEGER NOT NULL,
          notable INTEGER NOT NULL, terms TEXT NOT NULL, data BLOB NOT NULL);
        CREATE INDEX undecided_by_trace ON undecided (trace_low);
        CREATE TABLE tails (path TEXT PRIMARY KEY, position INTEGER NOT NULL, fingerprint BLOB NOT NULL) WITHOUT ROWID;
        """;

    /// <summary>Opens the file for its only writer and makes the tables where there are none.</summary>
    internal static SqliteConnection OpenWriter(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            DefaultTimeout = 30,
        }.ToString());
        try
        {
            connection.Open();
            // FULL: a commit has reached the disk, not only the kernel. The log is moved into the file every 16 MiB.
            connection.Execute("PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4096; " +
                "PRAGMA journal_size_limit = 33554432; PRAGMA cache_size = -24576; PRAGMA temp_store = MEMORY;");
            var version = connection.Number("PRAGMA user_version");
            if (version > Version)
                throw new StoreException($"{path} was written by a newer telemetry store (version {version}; this one knows {Version}). Upgrade, or choose another folder.");
            if (version == 0)
                connection.Execute($"BEGIN IMMEDIATE; {Tables} PRAGMA user_version = {Version}; COMMIT;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    internal static SqliteConnection OpenReader(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
            DefaultTimeout = 30,
        }.ToString());
        connection.Open();
        connection.Execute("PRAGMA cache_size = -1024; PRAGMA query_only = 1;");
        return connection;
    }
}
