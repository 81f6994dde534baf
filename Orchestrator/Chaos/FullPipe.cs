using System.Runtime.Versioning;
using AgentSystem.Orchestrator.Configuration;
using AgentSystem.Orchestrator.Status;
using AgentSystem.Protocol;
using AgentSystem.ServiceDefaults.Chaos;

namespace AgentSystem.Orchestrator.Chaos;

/// <summary>
/// <c>full-pipe</c>: nobody reads the worker's pipe, and it is filled with empty lines, which its reader passes over afterwards.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed class FullPipe(SharedVolume volume, WorkerCatalog workers, StatusPipes pipes) : IFault, IDisposable
{
    // Ever smaller, so that no room is left for the shortest line.
    private static readonly byte[][] Fillings = [.. new[] { 4096, 256, 1 }.Select(size => Enumerable.Repeat((byte)'\n', size).ToArray())];
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly ManualResetEventSlim _over = new();
    private readonly List<StatusPipeReader> _readers = [];
    private readonly List<StatusPipeWriter> _writers = [];
    private Task _filler = Task.CompletedTask;
    private IReadOnlyList<string> _held = [];

    /// <inheritdoc/>
    public string Name => FaultCatalog.FullPipe;

    /// <inheritdoc/>
    public void Begin(FaultOrder order)
    {
        _over.Reset();
        _held = order.Worker is { } worker ? [worker] : workers.Names;
        // A pipe that nobody has open for reading is no full one: so it is held open here, and not read.
        foreach (var path in _held.Select(volume.PipePath))
        {
            _readers.Add(new(path));
            _writers.Add(new(path));
        }
        foreach (var held in _held)
            pipes.Pause(held);
        // It writes all the time, so it has a thread of its own; what goes wrong on it is said when it ends.
        _filler = Task.Factory.StartNew(Fill, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <inheritdoc/>
    public void End()
    {
        _over.Set();
        try
        {
            _filler.GetAwaiter().GetResult();
        }
        finally
        {
            _filler = Task.CompletedTask;
            foreach (var held in _held)
                pipes.Resume(held);
            _held = [];
            _writers.ForEach(writer => writer.Dispose());
            _writers.Clear();
            _readers.ForEach(reader => reader.Dispose());
            _readers.Clear();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        End();
        _over.Dispose();
    }

    private void Fill()
    {
        do
        {
            foreach (var writer in _writers)
                foreach (var filling in Fillings)
                    while (!_over.IsSet && writer.Write(filling) == PipeWriteOutcome.Written)
                    {
                    }
        }
        while (!_over.Wait(Interval));
    }
}
