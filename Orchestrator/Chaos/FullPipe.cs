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
    private Thread? _filler;
    private IReadOnlyList<string> _held = [];

    /// <inheritdoc/>
    public string Name => FaultCatalog.FullPipe;

    /// <inheritdoc/>
    public void Begin(FaultOrder order)
    {
        _over.Reset();
        _held = order.Worker is { } worker ? [worker] : workers.Names;
        _filler = new Thread(Fill) { IsBackground = true, Name = Name };
        _filler.Start();
    }

    /// <inheritdoc/>
    public void End()
    {
        _over.Set();
        _filler?.Join();
        _filler = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        End();
        _over.Dispose();
    }

    private void Fill()
    {
        // A pipe that nobody has open for reading is no full one: so it is held open here, and not read.
        var readers = new List<StatusPipeReader>();
        var writers = new List<StatusPipeWriter>();
        try
        {
            foreach (var path in _held.Select(volume.PipePath))
            {
                readers.Add(new(path));
                writers.Add(new(path));
            }
            foreach (var worker in _held)
                pipes.Pause(worker);
            do
            {
                foreach (var writer in writers)
                    foreach (var filling in Fillings)
                        while (!_over.IsSet && writer.Write(filling) == PipeWriteOutcome.Written)
                        {
                        }
            }
            while (!_over.Wait(Interval));
        }
        finally
        {
            foreach (var worker in _held)
                pipes.Resume(worker);
            writers.ForEach(writer => writer.Dispose());
            readers.ForEach(reader => reader.Dispose());
        }
    }
}
