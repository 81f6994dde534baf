using AgentSystem.Orchestrator.Configuration;
using AgentSystem.Orchestrator.Telemetry;
using AgentSystem.Protocol;
using Microsoft.Extensions.Options;

namespace AgentSystem.Orchestrator.Presence;

/// <summary>
/// Which workers' processes are alive: those whose heartbeat file changed within the timeout, by our own clock. A file that was there
/// before us counts only once it changes, because its writer may be long gone. Safe for concurrent use.
/// </summary>
public sealed partial class WorkerPresence(
    SharedVolume volume, WorkerCatalog workers, OrchestratorInstruments instruments, IOptions<OrchestratorOptions> options, TimeProvider time,
    ILogger<WorkerPresence> logger)
{
    private const int MaxHeartbeatBytes = 64 * 1024;

    // A process that was killed cannot take its file away.
    private static readonly TimeSpan RemoveAfter = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Worker, string File), Sighting> _sightings = [];
    private bool _scanned;

    /// <summary>Whether at least one process of the worker is alive.</summary>
    public bool IsAlive(string worker) => Instances(worker).Count > 0;

    /// <summary>The worker's living processes.</summary>
    public IReadOnlyList<WorkerHeartbeat> Instances(string worker)
    {
        lock (_gate)
            return [.. _sightings.Where(s => s.Key.Worker == worker && IsFresh(s.Value)).Select(s => s.Value.Beat).OrderBy(b => b.Instance, StringComparer.Ordinal)];
    }

    /// <summary>Reads all heartbeats. Called at every rescan.</summary>
    public void Scan()
    {
        foreach (var worker in workers.Names)
        {
            var files = SharedVolume.List(volume.HeartbeatsDir(worker)).ToHashSet(StringComparer.Ordinal);
            foreach (var file in files)
                if (Read(worker, file) is { } beat)
                    See(worker, file, beat);
            lock (_gate)
            {
                foreach (var gone in _sightings.Keys.Where(k => k.Worker == worker && !files.Contains(k.File)).ToList())
                    _sightings.Remove(gone);
                // Whoever leaves takes the file along.
                foreach (var (key, lost) in _sightings.Where(s => s.Key.Worker == worker && s.Value is { Changed: true, IsLost: false } && !IsFresh(s.Value)).ToList())
                {
                    _sightings[key] = lost with { IsLost = true };
                    instruments.Lost(worker);
                }
            }
        }
        _scanned = true;
    }

    private WorkerHeartbeat? Read(string worker, string file)
    {
        var path = Path.Combine(volume.HeartbeatsDir(worker), file);
        try
        {
            var beat = ProtocolFile.Read(path, MaxHeartbeatBytes, ProtocolJson.Default.WorkerHeartbeat);
            return beat.Worker == worker ? beat : throw new ProtocolFileException("wrong_worker", $"the heartbeat of '{beat.Worker}' lies in the folder of '{worker}'");
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (ProtocolFileException e)
        {
            LogUnreadable(file, worker, e.Message);
            ProtocolFile.Quarantine(volume, path, e, "orchestrator", time);
            return null;
        }
    }

    private void See(string worker, string file, WorkerHeartbeat beat)
    {
        lock (_gate)
        {
            var known = _sightings.TryGetValue((worker, file), out var last);
            if (!known)
                _sightings[(worker, file)] = new(beat, time.GetTimestamp(), Changed: _scanned);
            else if (last!.Beat.Sequence != beat.Sequence)
                _sightings[(worker, file)] = new(beat, time.GetTimestamp(), Changed: true);
            else if (time.GetElapsedTime(last.At) > RemoveAfter)
                File.Delete(Path.Combine(volume.HeartbeatsDir(worker), file));
        }
    }

    private bool IsFresh(Sighting sighting) => sighting.Changed && time.GetElapsedTime(sighting.At) < options.Value.HeartbeatTimeout;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Heartbeat {File} of {Worker} went to quarantine: {Reason}")]
    private partial void LogUnreadable(string file, string worker, string reason);

    private sealed record Sighting(WorkerHeartbeat Beat, long At, bool Changed, bool IsLost = false);
}
