using AgentSystem.Protocol;

namespace AgentSystem.Workers.Tasks;

/// <summary>
/// Publishes results without ever taking another's place. A worker may have been asleep since it last looked whether the task is still
/// its own (a stopped process, a suspended machine), and meanwhile somebody else may have done the work.
/// </summary>
public sealed class ResultPublisher(SharedVolume volume, TaskClaimer claimer)
{
    private const int Tries = 3;

    /// <summary>False when the result of this or of a later attempt is there already; then nothing changed.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public bool TryPublish(AgentTask task, ReadOnlySpan<byte> result)
    {
        var path = volume.ResultPath(task.Id);
        for (var i = 0; i < Tries; i++)
        {
            if (SharedVolume.TryPublish(path, result))
                return true;
            if (!TryClear(path, task.Attempt))
                return false;
        }
        throw new IOException($"Something is put at {path} again and again.");
    }

    /// <summary>Moves aside what cannot count any more, now that there is this attempt. False when it may count.</summary>
    private bool TryClear(string path, int attempt)
    {
        try
        {
            var there = ProtocolFile.ReadResult(path);
            if (there.Attempt >= attempt)
                return false;
            claimer.Quarantine(path, new("stale_attempt", $"this is the result of attempt {there.Attempt}, but attempt {attempt} has ended too"));
        }
        catch (FileNotFoundException)
        {
            // The orchestrator has taken it away.
        }
        catch (ProtocolFileException e)
        {
            claimer.Quarantine(path, e);
        }
        return true;
    }
}
