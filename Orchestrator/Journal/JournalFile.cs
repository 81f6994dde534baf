using Microsoft.Data.Sqlite;

namespace AgentSystem.Orchestrator.Journal;

/// <summary>Opens the journal's file: alone, whole, and of a version that this program knows.</summary>
internal sealed class JournalFile : IDisposable
{
    private const int Corrupt = 11, NotADatabase = 26, Busy = 5, Locked = 6;

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
        var version = Convert.ToInt32(Scalar(writer, "PRAGMA user_version"), System.Globalization.CultureInfo.InvariantCulture);
        if (version > JournalSchema.Versions.Count)
            throw new JournalException(
                $"The journal {path} was written by a newer orchestrator (version {version}; this one knows {JournalSchema.Versions.Count}). Upgrade, or set ORCHESTRATOR_DB to another file.");
        // Even where nothing is missing: it shows whether the file can be read and whether somebody else has it.
        Execute(writer, "BEGIN IMMEDIATE; SELECT count(*) FROM sqlite_schema; ROLLBACK;");
        for (; version < JournalSchema.Versions.Count; version++)
            Execute(writer, $"BEGIN IMMEDIATE; {JournalSchema.Versions[version]} PRAGMA user_version = {version + 1}; COMMIT;");
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
