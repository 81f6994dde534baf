using System.Collections.Concurrent;
using System.Threading.Channels;
using AgentSystem.Cli.Api;
using AgentSystem.Cli.Terminal;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Cli.Submission;

/// <summary>
/// Waits until tasks are settled. Events say when to look, and a sweep looks now and then without them; what counts is what the task itself says.
/// </summary>
internal sealed class TaskWaiter(ApiClient api, TimeProvider time, Action<string> note)
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(2);

    /// <summary>Looks per sweep: bounds what a sweep of ten thousand waiting tasks costs the server.</summary>
    private const int SweepSize = 256;

    private const int ConcurrentLooks = 8;

    private readonly ConcurrentDictionary<string, double> _remaining = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskView> _settled = new(StringComparer.Ordinal);
    private readonly Channel<string> _looks = Channel.CreateUnbounded<string>();

    /// <summary>Tasks settled so far, plus the parts of the others that are done.</summary>
    public double Done => _settled.Count + _remaining.Values.Sum();

    /// <summary>Tasks settled so far.</summary>
    public int SettledCount => _settled.Count;

    /// <summary>Waits for all of <paramref name="tasks"/> and returns them as they ended, in the same order.</summary>
    /// <exception cref="CliException">The system went away, or a task is gone.</exception>
    public async Task<IReadOnlyList<TaskView>> WaitAsync(IReadOnlyList<TaskView> tasks, CancellationToken cancellationToken)
    {
        foreach (var task in tasks)
            _remaining.TryAdd(task.Id, 0);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var follow = FollowAsync(stop.Token);
        var sweep = SweepAsync(stop.Token);
        try
        {
            await Parallel.ForEachAsync(
                _looks.Reader.ReadAllAsync(stop.Token),
                new ParallelOptions { MaxDegreeOfParallelism = ConcurrentLooks, CancellationToken = stop.Token },
                async (id, token) => await LookAsync(id, token));
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(follow, sweep);
        }
        cancellationToken.ThrowIfCancellationRequested();
        return [.. tasks.Select(task => _settled[task.Id])];
    }

    private async ValueTask LookAsync(string id, CancellationToken cancellationToken)
    {
        if (!_remaining.ContainsKey(id))
            return;
        TaskView task;
        try
        {
            task = await api.GetTaskAsync(id, cancellationToken);
        }
        catch (CliException e) when (e.ExitCode is ExitCode.NotReachable or ExitCode.ServerFault)
        {
            // The event stream decides how long a system may be gone; the next sweep looks again.
            return;
        }
        if (!task.State.IsSettled())
        {
            _remaining.TryUpdate(id, task.Progress ?? 0, comparisonValue: 0);
            return;
        }
        if (_settled.TryAdd(id, task) && _remaining.TryRemove(id, out _) && _remaining.IsEmpty)
            _looks.Writer.TryComplete();
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var item in new EventStream(api, time, note).FollowAsync(cancellationToken))
            {
                if (!_remaining.TryGetValue(item.TaskId, out var before))
                    continue;
                if (item.Progress is { } progress)
                    _remaining.TryUpdate(item.TaskId, Math.Clamp(progress, 0, 1), before);
                if (item.Event is "completed" or "dead" or "cancelled")
                    _looks.Writer.TryWrite(item.TaskId);
            }
        }
        catch (OperationCanceledException)
        {
            // The waiting is over.
        }
        catch (CliException e)
        {
            _looks.Writer.TryComplete(e);
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(SweepInterval, time);
        try
        {
            do
            {
                foreach (var id in _remaining.Keys.Take(SweepSize))
                    _looks.Writer.TryWrite(id);
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException)
        {
            // The waiting is over.
        }
    }
}
