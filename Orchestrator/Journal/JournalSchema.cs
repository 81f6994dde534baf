namespace AgentSystem.Orchestrator.Journal;

/// <summary>The journal's tables: a script for each version of the file, which follows on the one before. Times are Unix milliseconds, money is in 10⁻⁹ USD.</summary>
internal static class JournalSchema
{
    // State numbers are TaskState's; what is below 4 is unsettled.
    private const string Tasks = """
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

    // A call's state: 0 under way, 1 settled, 2 never settled and so counted in full. The purse has a row for each worker's day, each day and each month.
    private const string Agents = """
        CREATE INDEX IF NOT EXISTS tasks_settled ON tasks (finished_at) WHERE state >= 4;
        ALTER TABLE tasks ADD COLUMN parent_id TEXT;
        ALTER TABLE tasks ADD COLUMN cost INTEGER;
        CREATE INDEX tasks_by_parent ON tasks (parent_id, seq) WHERE parent_id IS NOT NULL;
        CREATE TABLE calls (
          id TEXT PRIMARY KEY, task_id TEXT NOT NULL, attempt INTEGER NOT NULL, worker TEXT NOT NULL, model TEXT NOT NULL, state INTEGER NOT NULL,
          reserved INTEGER NOT NULL, cost INTEGER NOT NULL, estimated INTEGER NOT NULL, input INTEGER NOT NULL, output INTEGER NOT NULL,
          cache_read INTEGER NOT NULL, cache_write INTEGER NOT NULL, at INTEGER NOT NULL, expires_at INTEGER NOT NULL);
        CREATE INDEX calls_open ON calls (expires_at, reserved, task_id) WHERE state = 0;
        CREATE INDEX calls_by_task ON calls (task_id, at);
        CREATE TABLE purse (
          scope TEXT NOT NULL, period TEXT NOT NULL, worker TEXT NOT NULL, spent INTEGER NOT NULL, reserved INTEGER NOT NULL,
          PRIMARY KEY (scope, period, worker)) WITHOUT ROWID;
        CREATE TABLE questions (
          seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, task_id TEXT NOT NULL, worker TEXT NOT NULL, text TEXT NOT NULL, choices TEXT,
          asked_at INTEGER NOT NULL, deadline INTEGER NOT NULL, answer TEXT, answered_by TEXT, answered_at INTEGER, UNIQUE (task_id, text));
        """;

    // What else ran in the life of a task is found in the index alone, where the rows of its neighbours would be read otherwise.
    private const string Times = """
        DROP INDEX tasks_by_worker;
        CREATE INDEX tasks_by_worker ON tasks (worker, seq, type, state, started_at, finished_at);
        """;

    /// <summary>The scripts; the first makes version 1 of nothing.</summary>
    internal static IReadOnlyList<string> Versions { get; } = [Tasks, Agents, Times];
}
