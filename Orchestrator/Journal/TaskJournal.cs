using System.Threading.Channels;
using AgentSystem.Orchestrator.Configuration;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace AgentSystem.Orchestrator.Journal;

/// <summary>
/// The truth about which tasks were accepted and how they ended. One thread writes: it takes every command that waits, runs them in one
/// transaction, and answers them all after the commit, so that one fsync serves many (group commit).
/// </summary>
public sealed partial class TaskJournal(
    IOptions<OrchestratorOptions> options, TimeProvider time, ILogger<TaskJournal> logger) : IHostedService, IDisposable
{
    // Bounds how long the first command of a commit waits for the last.
    private const int MaxCommandsPerCommit = 512;

    private readonly Channel<Command> _commands = Channel.CreateUnbounded<Command>(new() { SingleReader = true });
    private readonly Lock _closing = new();
    private JournalFile? _file;
    private Thread? _thread;
    private long _commits;

    /// <summary>How many unsettled tasks there are, by worker and state.</summary>
    public JournalCounts Counts { get; } = new();

    /// <summary>Tells readers of events that there are new ones.</summary>
    public EventSignal Events { get; } = new();

    /// <summary>Transactions committed since the start.</summary>
    public long Commits => Interlocked.Read(ref _commits);

    /// <summary>Reads what is committed.</summary>
    public JournalQueries Queries { get; private set; } = null!;

    /// <summary>Opens the journal.</summary>
    /// <exception cref="JournalException">It cannot be used; the message says what to do.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _file = JournalFile.Open(options.Value.Database);
        Queries = new(_file);
        Counts.Reset(Queries.CountUnsettled());
        Events.Advance(Queries.LastEvent(), new HashSet<string>());
        _thread = new Thread(Write) { IsBackground = true, Name = "journal" };
        _thread.Start();
        return Task.CompletedTask;
    }

    /// <summary>Commits what waits and closes the journal.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    /// <summary>Runs <paramref name="command"/> in a transaction and answers after it is on disk. If it throws, nothing of it is kept.</summary>
    /// <exception cref="JournalException">The journal is closed or the disk refuses.</exception>
    public Task<T> RunAsync<T>(Func<JournalSession, T> command)
    {
        var queued = new Command<T>(command);
        if (!_commands.Writer.TryWrite(queued))
            throw new JournalException("The journal is closed, because the orchestrator is stopping. Try again when it is back.");
        return queued.Task;
    }

    private void Write()
    {
        using var session = new JournalSession(_file!.Writer, time, Counts, options.Value);
        var batch = new List<Command>(MaxCommandsPerCommit);
        while (_commands.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            batch.Clear();
            while (batch.Count < MaxCommandsPerCommit && _commands.Reader.TryRead(out var command))
                batch.Add(command);
            Commit(session, batch);
        }
    }

    private void Commit(JournalSession session, List<Command> batch)
    {
        try
        {
            session.Begin();
            foreach (var command in batch)
                command.Run(session);
            session.Commit();
        }
        catch (SqliteException e)
        {
            LogCommitFailed(batch.Count, e);
            session.Rollback();
            foreach (var command in batch)
                command.Fail(new JournalException($"The journal cannot be written: {e.Message}. Free space on its disk, then try again.", e));
            return;
        }
        Interlocked.Increment(ref _commits);
        Events.Advance(session.LastEvent, session.Announced);
        foreach (var command in batch)
            command.Answer();
    }

    /// <summary>Commits what waits and closes the journal.</summary>
    public void Dispose()
    {
        _commands.Writer.TryComplete();
        // The host may stop us and dispose of us at the same time.
        lock (_closing)
        {
            _thread?.Join();
            _thread = null;
            _file?.Dispose();
            _file = null;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The journal could not commit {Commands} commands; their callers were told")]
    private partial void LogCommitFailed(int commands, Exception error);

    private abstract class Command
    {
        internal abstract void Run(JournalSession session);
        internal abstract void Answer();
        internal abstract void Fail(Exception error);
    }

    private sealed class Command<T>(Func<JournalSession, T> action) : Command
    {
        private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _result = default!;
        private Exception? _error;

        internal Task<T> Task => _answer.Task;

        internal override void Run(JournalSession session)
        {
            var mark = session.Mark();
            try
            {
                _result = action(session);
                session.Release();
            }
            catch (Exception e) when (e is not SqliteException { SqliteErrorCode: not 19 })
            {
                // A refused command must not take down those that share its transaction.
                session.RollbackTo(mark);
                _error = e;
            }
        }

        internal override void Answer()
        {
            if (_error is null)
                _answer.SetResult(_result);
            else
                _answer.SetException(_error);
        }

        internal override void Fail(Exception error) => _answer.TrySetException(error);
    }
}
