using System.Text.Json;
using AgentSystem.Protocol.Api;
using Microsoft.Data.Sqlite;

namespace AgentSystem.Orchestrator.Journal;

/// <summary>The questions' SQL.</summary>
internal sealed class QuestionStatements : PreparedStatements
{
    /// <summary>Needs the alias <c>q</c>; a question whose task is over is withdrawn.</summary>
    internal const string Columns =
        """
        q.id, q.task_id, q.worker, q.text, q.choices, q.asked_at, q.deadline, q.answer, q.answered_by, q.answered_at,
        coalesce((SELECT state >= 4 FROM tasks WHERE tasks.id = q.task_id), 1)
        """;

    private readonly SqliteCommand _find, _findByText, _insert, _update;

    internal QuestionStatements(SqliteConnection connection)
        : base(connection)
    {
        _find = Prepare($"SELECT {Columns} FROM questions q WHERE q.id = $id", "$id");
        _findByText = Prepare($"SELECT {Columns} FROM questions q WHERE q.task_id = $task AND q.text = $text", "$task", "$text");
        _insert = Prepare(
            """
            INSERT INTO questions (id, task_id, worker, text, choices, asked_at, deadline) VALUES ($id, $task, $worker, $text, $choices, $asked, $deadline)
            """,
            "$id", "$task", "$worker", "$text", "$choices", "$asked", "$deadline");
        _update = Prepare("UPDATE questions SET answer = $answer, answered_by = $by, answered_at = $at WHERE id = $id", "$answer", "$by", "$at", "$id");
    }

    internal Question? Find(string id) => Read(_find, ReadQuestion, id).FirstOrDefault();

    internal Question? Find(string task, string text) => Read(_findByText, ReadQuestion, task, text).FirstOrDefault();

    internal void Insert(Question q) => Run(
        _insert, q.Id, q.TaskId, q.Worker, q.Text, OrNull(q.Choices is null ? null : JsonSerializer.Serialize(q.Choices, ApiJson.Default.IReadOnlyListString)),
        Rows.Time(q.AskedAt), Rows.Time(q.Deadline));

    internal void Update(Question q) => Run(_update, OrNull(q.Answer), OrNull(q.AnsweredBy), Rows.Time(q.AnsweredAt), q.Id);

    internal static Question ReadQuestion(SqliteDataReader row)
    {
        var answer = Rows.Text(row, 7);
        return new(
            row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3),
            Rows.Text(row, 4) is { } choices ? JsonSerializer.Deserialize(choices, ApiJson.Default.IReadOnlyListString) : null,
            answer is not null ? QuestionStates.Answered : row.GetInt64(10) != 0 ? QuestionStates.Withdrawn : QuestionStates.Open,
            Rows.Time(row, 5)!.Value, Rows.Time(row, 6)!.Value, answer, Rows.Text(row, 8), Rows.Time(row, 9));
    }
}
