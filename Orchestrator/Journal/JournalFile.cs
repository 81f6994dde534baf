using Microsoft.Data.Sqlite;

namespace AgentSystem.Orchestrator.Journal;

/// <summary>Opens the journal's file: alone, whole, and of a version that this program knows.</summary>
internal sealed class JournalFile : IDisposable
{
    private const int SchemaVersion = 1;
    private const int Corrupt = 11, NotADatabase = 26, Busy = 5, Locked = 6;

    // State numbers are TaskState's; what is below 4 is unsettled.
    private const string Schema = """
        CREATE TABLE tasks (
          seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, priority INTEGER NOT NULL,
          worker TEXT NOT NULL, pinned INTEGER NOT NULL, state INTEGER NOT NULL, attempt INTEGER NOT NULL, max_attempts INTEGER NOT NULL,
          created_at INTEGER NOT NULL, started_at INTEGER, finished_at INTEGER, due_at INTEGER, deadline INTEGER,
          idempotency_key TEXT UNIQUE, content_hash TEXT, replay_of TEXT, previous_attempt TEXT,
          traceparent TEXT NOT NULL, tracestate TEXT NOT NULL, baggage TEXT NOT NULL, correlation_id TEXT, payload BLOB NOT NULL);
        CREATE INDEX tasks_queue ON tasks (worker, state, priority, seq) WHERE state < 4;
        CREATE INDEX tasks_due ON tasks (due_at) WHERE state = 3;
        CREATE INDEX tasks_deadline ON tasks (deadline) WHERE state < 4 AND deadline IS NOT NULL;
        CREATE INDEX tasks_by_state ON tasks (state, seq);
        CREATE INDEX tasks_by_worker ON tasks (worker, seq);
        CREATE INDEX tasks_by_type ON tasks (type, seq);
        CREATE INDEX tasks_by_time ON tasks (created_at, seq);
        CREATE TABLE errors (
          task_seq INTEGER NOT NULL, attempt INTEGER NOT NULL, type TEXT NOT NULL, message TEXT NOT NULL, retryable INTEGER NOT NULL, at INTEGER NOT NULL,
          PRIMARY KEY (task_seq, attempt)) WITHOUT ROWID;
        CREATE TABLE events (
          seq INTEGER PRIMARY KEY AUTOINCREMENT, task_id TEXT NOT NULL, event TEXT NOT NULL, worker TEXT NOT NULL, attempt INTEGER NOT NULL,
          at INTEGER NOT NULL, progress REAL, message TEXT, correlation_id TEXT);
        CREATE INDEX events_by_task ON events (task_id, seq);
        """;

    // What can be added to a journal of any age.
    private const string LaterIndexes = "CREATE INDEX IF NOT EXISTS tasks_settled ON tasks (finished_at) WHERE state >= 4;";

    private readonly FileStream _lock;
    private readonly string _path;

    private JournalFile(string path, FileStream fileLock, SqliteConnection writer)
    {
        _path = path;
        _lock = fileLock;
        Writer = writer;
    }

    /// <summary>The only connection that writes.</summary>
    internal SqliteConnection Writer { get; }

    /// <summary>A connection for reading, from a pool. Dispose it soon.</summary>
    internal SqliteConnection OpenReader()
    {
        var connection = new SqliteConnection(ConnectionString(_path, SqliteOpenMode.ReadOnly, pooling: true));
        connection.Open();
        return connection;
    }

    /// <exception cref="JournalException">It cannot be used; the message says what to do.</exception>
    internal static JournalFile Open(string path)
    {
        path = Path.GetFullPath(path);
        var fileLock = Lock(path);
        SqliteConnection? writer = null;
        try
        {
            writer = new SqliteConnection(ConnectionString(path, SqliteOpenMode.ReadWriteCreate, pooling: false));
            writer.Open();
            Prepare(writer, path);
            return new(path, fileLock, writer);
        }
        catch (Exception e)
        {
            writer?.Dispose();
            fileLock.Dispose();
            throw e switch
            {
                SqliteException { SqliteErrorCode: Corrupt or NotADatabase } => new JournalException(
                    $"The journal {path} is damaged or is not a journal. Restore it from a backup, or move it away to start with an empty one.", e),
                SqliteException { SqliteErrorCode: Busy or Locked } => new JournalException(
                    $"The journal {path} is locked by another program. Close it there and start again.", e),
                SqliteException => new JournalException($"The journal {path} cannot be opened: {e.Message}", e),
                _ => e,
            };
        }
    }

    private static void Prepare(SqliteConnection writer, string path)
    {
        Execute(writer, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;");
        var version = Convert.ToInt64(Scalar(writer, "PRAGMA user_version"), System.Globalization.CultureInfo.InvariantCulture);
        if (version > SchemaVersion)
            throw new JournalException(
                $"The journal {path} was written by a newer orchestrator (version {version}; this one knows {SchemaVersion}). Upgrade, or set ORCHESTRATOR_DB to another file.");
        if (version == 0)
            Execute(writer, $"BEGIN IMMEDIATE; {Schema} PRAGMA user_version = {SchemaVersion}; COMMIT;");
        else
            Execute(writer, "BEGIN IMMEDIATE; SELECT count(*) FROM sqlite_schema; ROLLBACK;");
        Execute(writer, LaterIndexes);
    }

    private static FileStream Lock(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new JournalException(
                $"Another orchestrator uses the journal {path}. Stop it first, or give this one a journal of its own with ORCHESTRATOR_DB.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new JournalException($"The journal's folder {Path.GetDirectoryName(path)} cannot be written. Change its owner, or set ORCHESTRATOR_DB.", e);
        }
    }

    private static string ConnectionString(string path, SqliteOpenMode mode, bool pooling) =>
        new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = pooling, DefaultTimeout = 5 }.ToString();

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public void Dispose()
    {
        Writer.Dispose();
        using (var pool = new SqliteConnection(ConnectionString(_path, SqliteOpenMode.ReadOnly, pooling: true)))
            SqliteConnection.ClearPool(pool);
        _lock.Dispose();
    }
}
