using System.Globalization;
using Microsoft.Data.Sqlite;

namespace AgentSystem.Alerting.Incidents;

/// <summary>The incidents cannot be kept; the message says what to do.</summary>
public sealed class IncidentStoreException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Opens the file that incidents are kept in: alone, whole, and of a version that this program knows.</summary>
internal sealed class DatabaseFile : IDisposable
{
    private const int Corrupt = 11, NotADatabase = 26;

    // One script for each version; a file of an older one gets those that it lacks. State and severity numbers are those of the enums.
    private static readonly string[] Migrations =
    [
        """
        CREATE TABLE incidents (
          id TEXT PRIMARY KEY, state INTEGER NOT NULL, severity INTEGER NOT NULL, opened_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
          resolved_at INTEGER, body TEXT NOT NULL) WITHOUT ROWID;
        CREATE INDEX incidents_by_state ON incidents (state, opened_at);
        CREATE INDEX incidents_by_age ON incidents (opened_at);
        CREATE TABLE alerts (fingerprint TEXT PRIMARY KEY, incident_id TEXT NOT NULL) WITHOUT ROWID;
        CREATE INDEX alerts_by_incident ON alerts (incident_id);
        CREATE TABLE timeline (
          seq INTEGER PRIMARY KEY AUTOINCREMENT, incident_id TEXT NOT NULL, at INTEGER NOT NULL, event TEXT NOT NULL, by TEXT, text TEXT NOT NULL);
        CREATE INDEX timeline_by_incident ON timeline (incident_id, seq);
        CREATE TABLE changes (seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, body TEXT NOT NULL);
        CREATE INDEX changes_by_time ON changes (at);
        CREATE TABLE outbox (
          seq INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, incident_id TEXT NOT NULL, kind TEXT NOT NULL, dedup TEXT NOT NULL,
          payload TEXT NOT NULL, created_at INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0);
        CREATE INDEX outbox_by_channel ON outbox (channel, seq);
        CREATE TABLE receipts (incident_id TEXT NOT NULL, channel TEXT NOT NULL, receipt TEXT NOT NULL, PRIMARY KEY (incident_id, channel)) WITHOUT ROWID;
        """,
    ];

    private readonly FileStream _lock;

    private DatabaseFile(FileStream fileLock, SqliteConnection connection) => (_lock, Connection) = (fileLock, connection);

    internal SqliteConnection Connection { get; }

    /// <exception cref="IncidentStoreException">It cannot be used; the message says what to do.</exception>
    internal static DatabaseFile Open(string path)
    {
        path = Path.GetFullPath(path);
        var fileLock = Lock(path);
        SqliteConnection? connection = null;
        try
        {
            CreateOwnerOnly(path);
            connection = new(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 5 }.ToString());
            connection.Open();
            Prepare(connection, path);
            return new(fileLock, connection);
        }
        catch (Exception e)
        {
            connection?.Dispose();
            fileLock.Dispose();
            throw e switch
            {
                SqliteException { SqliteErrorCode: Corrupt or NotADatabase } => new IncidentStoreException(
                    $"The file of the incidents, {path}, is damaged or is something else. Restore it from a backup, or move it away to start with an empty one.", e),
                SqliteException => new IncidentStoreException($"The file of the incidents, {path}, cannot be opened: {e.Message}", e),
                _ => e,
            };
        }
    }

    /// <summary>It holds a key for as long as an incident is open. SQLite gives its other files the mode of this one.</summary>
    private static void CreateOwnerOnly(string path)
    {
        if (OperatingSystem.IsWindows() || File.Exists(path))
            return;
        using var created = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
    }

    private static void Prepare(SqliteConnection connection, string path)
    {
        Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        var version = Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
        if (version > Migrations.Length)
            throw new IncidentStoreException(
                $"The file of the incidents, {path}, was written by a newer alerting service (version {version}; this one knows {Migrations.Length}). "
                + $"Upgrade, or set {AlertingOptions.DatabaseVariable} to another file.");
        for (; version < Migrations.Length; version++)
            Execute(connection, $"BEGIN IMMEDIATE; {Migrations[version]} PRAGMA user_version = {version + 1}; COMMIT;");
    }

    private static FileStream Lock(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return new(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new IncidentStoreException(
                $"Another alerting service uses {path}, or it cannot be written ({e.Message}). "
                + $"Stop the other, or set {AlertingOptions.DatabaseVariable} to a file of its own.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IncidentStoreException(
                $"The folder of the incidents, {Path.GetDirectoryName(path)}, cannot be written. Change its owner, or set {AlertingOptions.DatabaseVariable}.", e);
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        Connection.Dispose();
        _lock.Dispose();
    }
}
