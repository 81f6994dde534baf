using System.Text.Json;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using Microsoft.Data.Sqlite;

namespace AgentSystem.Alerting.Incidents;

/// <summary>
/// One transaction. What changes in it is kept, and told to the channels, once, however many steps made the change: three alerts of one
/// notification are one message.
/// </summary>
internal sealed class IncidentSession(
    SqliteConnection connection, IReadOnlyList<IAnnouncer> announcers, IReadOnlyList<InjectedFault> faults, DateTimeOffset now) : IDisposable
{
    // Nobody reads more of an incident that flaps for days; what is kept is the newest.
    private const int MaxTimeline = 1000;

    // No channel: what was told of a question, whether somebody wanted to hear it or not.
    private const string ToldChannel = "told";

    // In place of a message's attempts.
    private const int InDoubt = -1;

    private const string QuestionPrefix = "question-";

    // No incident either: that the alert which always fires was heard.
    private const string WatchdogSubject = "watchdog";

    private readonly Dictionary<string, (Incident? Before, Incident Now)> _touched = [];
    private readonly Dictionary<string, string> _homes = [];
    private readonly SqliteTransaction _transaction = connection.BeginTransaction(deferred: false);

    internal DateTimeOffset Now { get; } = now;

    /// <summary>What was injected on purpose, newest first.</summary>
    internal IReadOnlyList<InjectedFault> Faults { get; } = faults;

    /// <summary>The incident of an id, as it is now.</summary>
    internal Incident? Find(string id)
    {
        if (_touched.TryGetValue(id, out var touched))
            return touched.Now;
        return Read("SELECT body FROM incidents WHERE id = $1", Body, id).FirstOrDefault();
    }

    /// <summary>Every incident that is not over, oldest first.</summary>
    internal IReadOnlyList<Incident> Active()
    {
        var stored = Read("SELECT body FROM incidents WHERE state <= $1 ORDER BY opened_at, id", Body, (int)IncidentState.Acknowledged);
        var ids = stored.Select(incident => incident.Id).Concat(_touched.Keys).Distinct();
        return [.. ids.Select(id => Find(id)!).Where(incident => incident.State.IsActive()).OrderBy(incident => incident.OpenedAt)];
    }

    /// <summary>Newest first.</summary>
    internal IReadOnlyList<Incident> List(IReadOnlyCollection<IncidentState> states, AlertSeverity least, int limit) =>
        Read(
            $"""
            SELECT body FROM incidents WHERE state IN ({string.Join(',', states.Select(state => (int)state))}) AND severity >= $1
            ORDER BY opened_at DESC, id DESC LIMIT $2
            """,
            Body, (int)least, limit);

    /// <summary>
    /// The incident that the alert belongs to: the one that it came to last, whichever others have it too from an earlier time.
    /// </summary>
    internal Incident? WithAlert(string fingerprint)
    {
        var id = _homes.GetValueOrDefault(fingerprint)
            ?? Read("SELECT incident_id FROM alerts WHERE fingerprint = $1", row => row.GetString(0), fingerprint).FirstOrDefault();
        return id is null ? null : Find(id);
    }

    /// <summary>The alert belongs to this incident from now on.</summary>
    internal void Move(string fingerprint, string incidentId) => _homes[fingerprint] = incidentId;

    internal IReadOnlyList<TimelineEntry> Timeline(string incidentId) => Read(
        "SELECT seq, at, event, by, text FROM timeline WHERE incident_id = $1 ORDER BY seq",
        row => new TimelineEntry(row.GetInt64(0), Time(row, 1), row.GetString(2), row.IsDBNull(3) ? null : row.GetString(3), row.GetString(4)), incidentId);

    /// <summary>What was changed in the system lately, oldest first.</summary>
    internal IReadOnlyList<ChangeReport> ChangesSince(DateTimeOffset since) => Read(
        "SELECT body FROM changes WHERE at >= $1 ORDER BY at",
        row => JsonSerializer.Deserialize(row.GetString(0), ApiJson.Default.ChangeReport)!, since.ToUnixTimeMilliseconds());

    /// <summary>Keeps the incident as it is from now on.</summary>
    internal void Save(Incident incident)
    {
        var before = _touched.TryGetValue(incident.Id, out var touched) ? touched.Before : Find(incident.Id);
        _touched[incident.Id] = (before, incident);
    }

    /// <summary>Adds to an incident's timeline.</summary>
    internal void Note(string incidentId, string @event, string text, string? by = null, DateTimeOffset? at = null)
    {
        Execute(
            "INSERT INTO timeline (incident_id, at, event, by, text) VALUES ($1, $2, $3, $4, $5)",
            incidentId, (at ?? Now).ToUnixTimeMilliseconds(), @event, by, text);
        Execute(
            $"""
            DELETE FROM timeline WHERE incident_id = $1
            AND seq <= (SELECT seq FROM timeline WHERE incident_id = $1 ORDER BY seq DESC LIMIT 1 OFFSET {MaxTimeline})
            """,
            incidentId);
    }

    internal void AddChange(ChangeReport change)
    {
        Execute(
            "INSERT INTO changes (at, body) VALUES ($1, $2)",
            change.At!.Value.ToUnixTimeMilliseconds(), JsonSerializer.Serialize(change, ApiJson.Default.ChangeReport));
        foreach (var announcer in announcers)
            Enqueue(announcer.Announce(change));
    }

    /// <summary>The state that was last told of a question; null when nothing was.</summary>
    internal string? ToldState(Question question) => Receipt(SubjectOf(question), ToldChannel);

    /// <summary>Has the question told as it stands, and keeps that it was.</summary>
    internal bool Tell(Question question)
    {
        var subject = SubjectOf(question);
        foreach (var announcer in announcers)
            Enqueue(announcer.Announce(question, subject));
        Keep(subject, ToldChannel, question.State);
        return true;
    }

    /// <summary>Whether the alert that always fires was ever heard.</summary>
    internal bool WasWatchdogHeard => Receipt(WatchdogSubject, ToldChannel) is not null;

    internal void KeepWatchdogHeard() => Keep(WatchdogSubject, ToldChannel, "heard");

    /// <summary>Forgets what was over before <paramref name="before"/>.</summary>
    internal int Forget(DateTimeOffset before)
    {
        var end = before.ToUnixTimeMilliseconds();
        const string Old = "(SELECT id FROM incidents WHERE state >= 2 AND updated_at < $1)";
        foreach (var table in (string[])["alerts", "timeline", "receipts"])
            Execute($"DELETE FROM {table} WHERE incident_id IN {Old}", end);
        Execute("DELETE FROM changes WHERE at < $1", end);
        Execute($"DELETE FROM outbox WHERE attempts = {InDoubt} AND created_at < $1", end);
        // A question's id begins with its time. One that is open would be told again.
        Execute(
            """
            DELETE FROM receipts WHERE incident_id IN (
              SELECT incident_id FROM receipts WHERE channel = $1 AND receipt <> 'open' AND incident_id BETWEEN $2 AND $3)
            """,
            ToldChannel, QuestionPrefix, QuestionPrefix + TaskId.New(before)[..TaskId.TimeLength]);
        return Execute("DELETE FROM incidents WHERE state >= 2 AND updated_at < $1", end);
    }

    /// <summary>Writes what was changed and what is told of it, and commits.</summary>
    internal void Commit()
    {
        foreach (var (before, now) in _touched.Values)
        {
            var incident = now.State == IncidentState.Merged || before?.Alerts == now.Alerts ? now : Lifecycle.Explain(this, now);
            Execute(
                "INSERT OR REPLACE INTO incidents (id, state, severity, opened_at, updated_at, resolved_at, body) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                incident.Id, (int)incident.State, (int)incident.Severity, incident.OpenedAt.ToUnixTimeMilliseconds(), incident.UpdatedAt.ToUnixTimeMilliseconds(),
                incident.ResolvedAt?.ToUnixTimeMilliseconds(), JsonSerializer.Serialize(incident, ApiJson.Default.Incident));
            foreach (var announcer in announcers)
                Enqueue(announcer.Announce(before, incident, Receipt(incident.Id, announcer.Channel)));
        }
        foreach (var (fingerprint, incidentId) in _homes)
            Execute("INSERT OR REPLACE INTO alerts (fingerprint, incident_id) VALUES ($1, $2)", fingerprint, incidentId);
        _transaction.Commit();
    }

    /// <summary>What a channel keeps for an incident.</summary>
    internal string? Receipt(string incidentId, string channel) =>
        Read("SELECT receipt FROM receipts WHERE incident_id = $1 AND channel = $2", row => row.GetString(0), incidentId, channel).FirstOrDefault();

    internal OutboxMessage? NextMessage(string channel) => Read(
        "SELECT seq, channel, incident_id, kind, dedup, payload, created_at, attempts FROM outbox WHERE channel = $1 AND attempts >= 0 ORDER BY seq LIMIT 1",
        row => new OutboxMessage(
            row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), Time(row, 6), row.GetInt32(7)),
        channel).FirstOrDefault();

    /// <summary>Sending begins: from now on nobody can know that it was not sent.</summary>
    internal int BeginSending(long seq) => Execute("UPDATE outbox SET attempts = attempts + 1 WHERE seq = $1", seq);

    /// <summary>The attempt has failed, so that it is known again that the message has not arrived.</summary>
    internal int EndSending(long seq) => Execute("UPDATE outbox SET attempts = 0 WHERE seq = $1", seq);

    /// <summary>The message may have arrived: it is kept and not sent.</summary>
    internal void Doubt(long seq) => Execute($"UPDATE outbox SET attempts = {InDoubt} WHERE seq = $1", seq);

    internal void Remove(long seq) => Execute("DELETE FROM outbox WHERE seq = $1", seq);

    internal void Keep(string incidentId, string channel, string receipt) =>
        Execute("INSERT OR REPLACE INTO receipts (incident_id, channel, receipt) VALUES ($1, $2, $3)", incidentId, channel, receipt);

    /// <summary>How many messages wait, and since when the oldest does, by channel.</summary>
    internal IReadOnlyDictionary<string, (int Count, DateTimeOffset Oldest)> Waiting() =>
        Read("SELECT channel, count(*), min(created_at) FROM outbox WHERE attempts >= 0 GROUP BY channel", row => (row.GetString(0), row.GetInt32(1), Time(row, 2)))
            .ToDictionary(row => row.Item1, row => (row.Item2, row.Item3));

    /// <summary>How many messages may have arrived and are not sent again, by channel.</summary>
    internal IReadOnlyDictionary<string, int> Doubted() =>
        Read("SELECT channel, count(*) FROM outbox WHERE attempts = $1 GROUP BY channel", row => (row.GetString(0), row.GetInt32(1)), InDoubt)
            .ToDictionary(row => row.Item1, row => row.Item2);

    public void Dispose() => _transaction.Dispose();

    private static string SubjectOf(Question question) => QuestionPrefix + question.Id;

    private void Enqueue(Announcement? message)
    {
        if (message is null)
            return;
        if (message.Receipt is not null)
            Keep(message.IncidentId, message.Channel, message.Receipt);
        if (message.Replaces)
            Execute("DELETE FROM outbox WHERE channel = $1 AND incident_id = $2 AND attempts = 0", message.Channel, message.IncidentId);
        Execute(
            "INSERT INTO outbox (channel, incident_id, kind, dedup, payload, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
            message.Channel, message.IncidentId, message.Kind, message.Dedup, message.Payload, Now.ToUnixTimeMilliseconds());
    }

    private static Incident Body(SqliteDataReader row) => JsonSerializer.Deserialize(row.GetString(0), ApiJson.Default.Incident)!;

    private static DateTimeOffset Time(SqliteDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    private int Execute(string sql, params ReadOnlySpan<object?> values)
    {
        using var command = Prepare(sql, values);
        return command.ExecuteNonQuery();
    }

    private List<T> Read<T>(string sql, Func<SqliteDataReader, T> row, params ReadOnlySpan<object?> values)
    {
        using var command = Prepare(sql, values);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(row(reader));
        return rows;
    }

    private SqliteCommand Prepare(string sql, ReadOnlySpan<object?> values)
    {
        var command = connection.CreateCommand();
        command.Transaction = _transaction;
#pragma warning disable CA2100 // Constants of this class; values are parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        for (var i = 0; i < values.Length; i++)
            command.Parameters.AddWithValue($"${i + 1}", values[i] ?? DBNull.Value);
        return command;
    }
}
