using System.Net;
using AgentSystem.Cli.Api;
using AgentSystem.Cli.Terminal;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Cli.Submission;

/// <summary>Sends tasks in as few requests as the server takes, and waits for room where it was asked to.</summary>
internal sealed class Submitter(ApiClient api, TimeProvider time, Action<string> note)
{
    /// <summary>How long a full queue is waited for in all.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>Keeps a request well below what servers take by default; a batch of large payloads is cut sooner than at 10,000.</summary>
    private const int BatchBytes = 8 << 20;

    /// <summary>Submits all of <paramref name="tasks"/>, in their order.</summary>
    /// <param name="tasks">What to submit.</param>
    /// <param name="patient">Whether to try again when the queue is full.</param>
    /// <param name="onAccepted">Called after each request with what it made. What was accepted before a failure stays accepted.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public async Task SubmitAsync(
        IReadOnlyList<NamedSubmission> tasks, bool patient, Action<IReadOnlyList<TaskView>> onAccepted, CancellationToken cancellationToken)
    {
        if (tasks is [var only])
        {
            onAccepted([await RetryAsync(ct => api.SubmitAsync(only.Task, ct), patient, cancellationToken)]);
            return;
        }
        foreach (var batch in Split(tasks))
        {
            var accepted = await RetryAsync(ct => api.SubmitAsync(batch, ct), patient, cancellationToken);
            onAccepted(accepted.Tasks);
        }
    }

    internal static IEnumerable<IReadOnlyList<TaskSubmission>> Split(IReadOnlyList<NamedSubmission> tasks)
    {
        var batch = new List<TaskSubmission>();
        var bytes = 0L;
        foreach (var (_, task) in tasks)
        {
            var size = task.Payload?.GetRawText().Length ?? 0;
            if (batch.Count == ProtocolLimits.BatchSize || (batch.Count > 0 && bytes + size > BatchBytes))
            {
                yield return batch;
                batch = [];
                bytes = 0;
            }
            batch.Add(task);
            bytes += size;
        }
        if (batch.Count > 0)
            yield return batch;
    }

    private async Task<T> RetryAsync<T>(Func<CancellationToken, Task<T>> send, bool patient, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await send(cancellationToken);
            }
            catch (ApiException e) when (patient && e.Status == HttpStatusCode.TooManyRequests && time.GetElapsedTime(start) < Patience)
            {
                var pause = Pause(e.RetryAfter);
                note($"The queue is full; trying again in {Format.Duration(pause)}.");
                await Task.Delay(pause, time, cancellationToken);
            }
        }
    }

    private static TimeSpan Pause(TimeSpan? retryAfter) => retryAfter switch
    {
        null => TimeSpan.FromSeconds(1),
        { } wait when wait < TimeSpan.FromMilliseconds(100) => TimeSpan.FromMilliseconds(100),
        { } wait when wait > LongestPause => LongestPause,
        { } wait => wait,
    };
}
