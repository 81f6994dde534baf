using Microsoft.Data.Sqlite;

namespace AgentSystem.Orchestrator.Journal;

/// <summary>SQL of the writer's connection, prepared once and bound by position.</summary>
internal abstract class PreparedStatements(SqliteConnection connection) : IDisposable
{
    private readonly List<SqliteCommand> _all = [];

    public void Dispose()
    {
        foreach (var command in _all)
            command.Dispose();
    }

    protected SqliteCommand Prepare(string sql, params string[] parameters)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of the classes derived from this one.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var name in parameters)
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        _all.Add(command);
        return command;
    }

    protected static SqliteCommand Bind(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];
        return command;
    }

    protected static int Run(SqliteCommand command, params ReadOnlySpan<object> values) => Bind(command, values).ExecuteNonQuery();

    protected static List<T> Read<T>(SqliteCommand command, Func<SqliteDataReader, T> map, params ReadOnlySpan<object> values)
    {
        var rows = new List<T>();
        using var reader = Bind(command, values).ExecuteReader();
        while (reader.Read())
            rows.Add(map(reader));
        return rows;
    }

    protected static object OrNull(string? text) => text ?? (object)DBNull.Value;
}
