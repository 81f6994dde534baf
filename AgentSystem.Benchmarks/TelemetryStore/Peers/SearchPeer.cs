using System.Diagnostics;
using AgentSystem.Benchmarks.TelemetryStore.Load;
using SQLitePCL;

namespace AgentSystem.Benchmarks.TelemetryStore.Peers;

/// <summary>Asks SQLite what the store is asked: by reading the rows, and by looking into FTS5's index first.</summary>
internal sealed class SearchPeer(string path, long indexedLines) : IDisposable
{
    private readonly PeerDatabase _database = new(path);

    /// <summary>How many lines are in the index; they are the newest ones.</summary>
    internal long IndexedLines => indexedLines;

    /// <summary>Makes the file, or what of it is still missing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="load">The lines.</param>
    /// <param name="lines">How many.</param>
    /// <param name="indexedLines">How many of them, the newest, are in the index.</param>
    /// <returns>How many are in the index.</returns>
    internal static long Prepare(string path, LogLoad load, long lines, long indexedLines)
    {
        using var database = new PeerDatabase(path);
        database.Execute("PRAGMA synchronous = OFF");
        using var table = new LineTable(database, LineIndex.Trigrams);
        var have = database.Number("SELECT coalesce(max(id), 0) FROM lines");
        for (; have < lines; have += LogLoad.LinesPerRequest)
            table.Add(load, have, isIndexed: have >= lines - indexedLines);
        return indexedLines;
    }

    /// <summary>Milliseconds for the newest lines of a service that contain all the texts, by reading.</summary>
    internal double Scan(TextQuery query)
    {
        var conditions = query.Texts.Select(t => $" AND instr(line, {Quoted(t)})");
        return Time($"SELECT time, line FROM lines WHERE {Service(query)}{string.Concat(conditions)} ORDER BY id DESC LIMIT {StoreApi.Limit}");
    }

    /// <summary>The same through FTS5's index; null when it has no answer: trigrams know nothing of shorter texts.</summary>
    internal double? Match(TextQuery query)
    {
        if (query.Texts.Count == 0 || query.Texts.Any(t => t.Length < 3))
            return null;
        var expression = string.Join(" AND ", query.Texts.Select(t => $"\"{t.Replace("\"", "\"\"", StringComparison.Ordinal)}\""));
        return Time($"""
            SELECT l.time, l.line FROM {LineTable.IndexName} i JOIN lines l ON l.id = i.rowid
            WHERE {LineTable.IndexName} MATCH {Quoted(expression)} AND {Service(query)} ORDER BY i.rowid DESC LIMIT {StoreApi.Limit}
            """);
    }

    public void Dispose() => _database.Dispose();

    private double Time(string sql)
    {
        using var statement = _database.Prepare(sql);
        var began = Stopwatch.GetTimestamp();
        while (raw.sqlite3_step(statement) == raw.SQLITE_ROW)
            _ = raw.sqlite3_column_text(statement, 1).utf8_to_string();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private static string Service(TextQuery query) => query.Service is null ? "1" : $"service = {Quoted(query.Service)}";

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
