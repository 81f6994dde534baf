using System.Diagnostics;
using System.Threading.Channels;
using AgentSystem.TelemetryStore.Configuration;
using AgentSystem.TelemetryStore.Telemetry;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace AgentSystem.TelemetryStore.Storage;

/// <summary>
/// The only one who writes. One thread takes what waits, writes it in one transaction and answers all of it after the commit, so that one
/// fsync serves many (group commit). What waits is bounded: who comes when it is full is told to come again.
/// </summary>
internal sealed partial class StoreWriter(
    IOptions<TelemetryStoreOptions> options, TimeProvider time, StoreInstruments instruments, ILogger<StoreWriter> logger) : IHostedService, IDisposable
{
    // Bounds how long the first job of a commit waits for the last, and what SQLite holds until then.
    private const int MaxCommitBytes = 8 << 20;

    private readonly Channel<Job> _jobs = Channel.CreateUnbounded<Job>(new() { SingleReader = true });
    private readonly Lock _closing = new();
    private PartitionSet? _partitions;
    private PartitionWriter? _writer;
    private DateTimeOffset _begun;
    private Thread? _thread;
    private ITimer? _sweeper;
    private long _waiting;

    /// <summary>What there is to read.</summary>
    internal PartitionSet Partitions => _partitions ?? throw new StoreException("The telemetry store is not open.");

    /// <summary>The last commit's error, or null when it succeeded.</summary>
    internal string? LastError { get; private set; }

    /// <summary>Runs with every sweep, in a transaction of its own.</summary>
    internal Action<PartitionWriter>? OnSweep { get; set; }

    /// <summary>Runs before the first job, and again whenever a transaction was taken back.</summary>
    internal Action<PartitionWriter>? OnLoad { get; set; }

    /// <exception cref="StoreException">The folder cannot be used; the message says what to do.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _partitions = new(options.Value, logger);
            _writer = _partitions.Continue();
        }
        catch (SqliteException e)
        {
            _partitions?.Dispose();
            throw new StoreException($"The telemetry in {options.Value.Folder} cannot be opened: {e.Message}", e);
        }
        _begun = time.GetUtcNow();
        OnLoad?.Invoke(_writer);
        _thread = new Thread(Write) { IsBackground = true, Name = "telemetry writer" };
        _thread.Start();
        _sweeper = time.CreateTimer(_ => TrySweep(), null, options.Value.SweepInterval, options.Value.SweepInterval);
        return Task.CompletedTask;
    }

    /// <summary>Commits what waits and closes the files.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    /// <summary>Writes; done when it is on disk.</summary>
    /// <param name="bytes">About how much memory it holds until then.</param>
    /// <param name="apply">Writes it. Must not fail for what the data are like.</param>
    /// <param name="committed">Runs after the commit, in the order of the jobs.</param>
    /// <exception cref="StoreBusyException">Too much waits.</exception>
    internal Task WriteAsync(int bytes, Action<PartitionWriter> apply, Action? committed = null)
    {
        var job = new Job(bytes, apply, committed);
        // A job that is larger than the queue goes alone; one without bytes is our own, and must not wait for senders to stop.
        var waiting = Interlocked.Add(ref _waiting, bytes);
        if (bytes > 0 && waiting > options.Value.QueueBytes && waiting > bytes)
        {
            Interlocked.Add(ref _waiting, -bytes);
            throw new StoreBusyException("More telemetry waits to be written than fits; send it again in a moment.");
        }
        if (!_jobs.Writer.TryWrite(job))
        {
            Interlocked.Add(ref _waiting, -bytes);
            throw new StoreException("The telemetry store is stopping; send it again when it is back.");
        }
        instruments.QueueBytes.Inc(bytes);
        instruments.QueueLength.Inc();
        return job.Done.Task;
    }

    /// <summary>Looks after retention, and after what else has become due.</summary>
    internal Task SweepAsync() => WriteAsync(0, writer => OnSweep?.Invoke(writer), Expire);

    private void TrySweep()
    {
        try
        {
            // Whether it fails is logged where it does.
            _ = SweepAsync().ContinueWith(static t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
        catch (StoreException)
        {
        }
    }

    private void Write()
    {
        var batch = new List<Job>();
        while (_jobs.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            batch.Clear();
            var bytes = 0;
            while (bytes < MaxCommitBytes && _jobs.Reader.TryRead(out var job))
            {
                batch.Add(job);
                bytes += job.Bytes;
            }
            Commit(batch);
            Interlocked.Add(ref _waiting, -bytes);
            instruments.QueueBytes.Dec(bytes);
            instruments.QueueLength.Dec(batch.Count);
        }
    }

    private void Commit(List<Job> batch)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            RollOver();
            _writer!.Begin();
            foreach (var job in batch)
                job.Apply(_writer);
            _writer.Commit();
            _writer.Partition.LastWrite = time.GetUtcNow();
            LastError = null;
        }
        catch (Exception e)
        {
            LastError = e.Message;
            LogCommitFailed(batch.Count, e);
            Recover();
            foreach (var job in batch)
                job.Done.TrySetException(new StoreException($"The telemetry cannot be written: {e.Message}", e));
            return;
        }
        instruments.Commit.Observe(Stopwatch.GetElapsedTime(started).TotalSeconds);
        foreach (var job in batch)
            job.Committed?.Invoke();
        foreach (var job in batch)
            job.Done.TrySetResult();
    }

    private void Recover()
    {
        try
        {
            _writer!.Rollback();
            OnLoad?.Invoke(_writer);
        }
        catch (SqliteException e)
        {
            LogCommitFailed(0, e);
        }
    }

    private void RollOver()
    {
        if (_writer!.SizeBytes < Partitions.FullBytes && time.GetUtcNow() - _begun < Partitions.FullAge)
            return;
        var full = _writer;
        _writer = Partitions.Begin(full);
        _begun = time.GetUtcNow();
        full.Seal();
        full.Dispose();
    }

    private void Expire()
    {
        for (var deleted = Partitions.Expire(time.GetUtcNow()); deleted > 0; deleted--)
            instruments.Expired();
        instruments.DiskBytes.Set(Partitions.SizeOnDisk());
        instruments.Partitions.Set(Partitions.All.Length);
        instruments.OldestRecord.Set((Partitions.Oldest() ?? 0) / 1e9);
    }

    /// <summary>Commits what waits and closes the files.</summary>
    public void Dispose()
    {
        _sweeper?.Dispose();
        _jobs.Writer.TryComplete();
        // The host may stop us and dispose of us at the same time.
        lock (_closing)
        {
            _thread?.Join();
            _thread = null;
            _writer?.Dispose();
            _writer = null;
            _partitions?.Dispose();
            _partitions = null;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Jobs} requests could not be written; their senders were told")]
    private partial void LogCommitFailed(int jobs, Exception error);

    private sealed record Job(int Bytes, Action<PartitionWriter> Apply, Action? Committed)
    {
        internal TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
