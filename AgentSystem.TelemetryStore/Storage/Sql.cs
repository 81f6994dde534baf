using System.Globalization;
using Microsoft.Data.Sqlite;

namespace AgentSystem.TelemetryStore.Storage;

/// <summary>A prepared statement with its values in the order of their names' numbers: <c>?1</c>, <c>?2</c> …</summary>
internal sealed class Statement : IDisposable
{
    private readonly SqliteCommand _command;

    internal Statement(SqliteConnection connection, string sql, int parameters)
    {
        _command = connection.CreateCommand();
#pragma warning disable CA2100 // The texts are constants of this room; every value is a parameter.
        _command.CommandText = sql;
#pragma warning restore CA2100
        for (var i = 1; i <= parameters; i++)
            _command.Parameters.Add(new SqliteParameter($"?{i}", null));
    }

    internal int Run(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        return _command.ExecuteNonQuery();
    }

    internal SqliteDataReader Read(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        return _command.ExecuteReader();
    }

    private void Bind(ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
            _command.Parameters[i].Value = values[i] ?? DBNull.Value;
    }

    public void Dispose() => _command.Dispose();
}

internal static class Sql
{
    internal static void Execute(this SqliteConnection connection, string sql)
    {
        using var statement = new Statement(connection, sql, 0);
        statement.Run();
    }

    internal static long Number(this SqliteConnection connection, string sql)
    {
        using var statement = new Statement(connection, sql, 0);
        using var reader = statement.Read();
        return reader.Read() && !reader.IsDBNull(0) ? Convert.ToInt64(reader.GetValue(0), CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>Whether no transaction is open: an error may have ended it.</summary>
    internal static bool AutoCommit(this SqliteConnection connection) => SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) != 0;

    internal static long LastRowId(this SqliteConnection connection) => SQLitePCL.raw.sqlite3_last_insert_rowid(connection.Handle);

    /// <summary>A blob in SQLite's own memory: gone with the next row.</summary>
    internal static ReadOnlySpan<byte> Span(this SqliteDataReader reader, int column) => SQLitePCL.raw.sqlite3_column_blob(reader.Handle, column);

    internal static byte[] Blob(this SqliteDataReader reader, int column) => reader.GetFieldValue<byte[]>(column);
}
