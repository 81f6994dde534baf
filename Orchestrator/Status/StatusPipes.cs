using System.Runtime.Versioning;
using AgentSystem.Orchestrator.Configuration;
using AgentSystem.Protocol;

namespace AgentSystem.Orchestrator.Status;

/// <summary>
/// Reads every worker's pipe, each on a thread of its own, and makes the pipe again when somebody deletes or replaces it.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed partial class StatusPipes(
    SharedVolume volume, WorkerCatalog workers, StatusLines lines, TimeProvider time, ILogger<StatusPipes> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Pipe> _pipes = [];
    private ITimer? _timer;

    /// <summary>The workers whose pipe is not being read now, each with the reason.</summary>
    public IReadOnlyDictionary<string, string> Broken => _pipes.Where(p => p.Error is not null).ToDictionary(p => p.Worker, p => p.Error!);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var worker in workers.Names)
        {
            var pipe = new Pipe(worker, volume.PipePath(worker));
            _pipes.Add(pipe);
            new Thread(() => Read(pipe)) { IsBackground = true, Name = $"pipe {worker}" }.Start();
        }
        _timer = time.CreateTimer(_ => Check(), null, CheckInterval, CheckInterval);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_timer is not null)
            await _timer.DisposeAsync();
        await _stopping.CancelAsync();
    }

    /// <summary>Stops reading a worker's pipe until <see cref="Resume"/>: for a fault that is injected on purpose.</summary>
    internal void Pause(string worker)
    {
        foreach (var pipe in _pipes.Where(pipe => pipe.Worker == worker))
        {
            pipe.MayRead.Reset();
            pipe.Reopen();
        }
    }

    /// <summary>Reads a worker's pipe again.</summary>
    internal void Resume(string worker)
    {
        foreach (var pipe in _pipes.Where(pipe => pipe.Worker == worker))
            pipe.MayRead.Set();
    }

    /// <summary>Reopens what is not read any more. Also called by the timer.</summary>
    internal void Check()
    {
        foreach (var pipe in _pipes)
        {
            if (pipe.Error is null && !IsOurs(pipe.Path))
                pipe.Reopen();
        }
    }

    // Where a pipe was deleted or replaced we still hold the old one, and the new one has no reader.
    private static bool IsOurs(string path)
    {
        using var writer = new StatusPipeWriter(path);
        return writer.Probe() == PipeWriteOutcome.Written;
    }

    private void Read(Pipe pipe)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                pipe.MayRead.Wait(_stopping.Token);
                using var reader = new StatusPipeReader(pipe.Path);
                using var reading = pipe.Begin(_stopping.Token);
                reader.ReadLines((line, overlong) => Receive(pipe.Worker, line, overlong), reading.Token);
            }
            catch (OperationCanceledException)
            {
                // It was paused when everything stopped.
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogBroken(pipe.Worker, e);
                pipe.Error = e.Message;
                MakeRoom(pipe.Path);
                _stopping.Token.WaitHandle.WaitOne(CheckInterval);
            }
        }
    }

    private void Receive(string worker, ReadOnlySpan<byte> line, bool overlong)
    {
        try
        {
            lines.Receive(worker, line, overlong);
        }
        catch (Exception e)
        {
            // A line is a hint: whatever it does to us, the pipe goes on.
            LogLineFailed(worker, e);
        }
    }

    private void MakeRoom(string path)
    {
        try
        {
            if (File.Exists(path) || Directory.Exists(path))
                ProtocolFile.Quarantine(volume, path, new("not_a_pipe", "this lay where a worker's named pipe has to be"), "orchestrator", time);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogBroken(path, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer?.Dispose();
        if (!_stopping.IsCancellationRequested)
            _stopping.Cancel();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The pipe of {Worker} cannot be read; its tasks are followed by their files alone until it can")]
    private partial void LogBroken(string worker, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "A status line of {Worker} could not be followed")]
    private partial void LogLineFailed(string worker, Exception error);

    private sealed class Pipe(string worker, string path)
    {
        private readonly Lock _gate = new();
        private CancellationTokenSource? _reading;

        internal string Worker => worker;

        internal string Path => path;

        /// <summary>Set but for the time of a pause.</summary>
        internal ManualResetEventSlim MayRead { get; } = new(initialState: true);

        /// <summary>Why it is not being read; null while it is.</summary>
        internal string? Error { get; set; }

        internal CancellationTokenSource Begin(CancellationToken stopping)
        {
            lock (_gate)
            {
                Error = null;
                return _reading = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            }
        }

        internal void Reopen()
        {
            lock (_gate)
            {
                try
                {
                    _reading?.Cancel();
                }
                catch (ObjectDisposedException)
                {
                    // It has ended by itself.
                }
            }
        }
    }
}
