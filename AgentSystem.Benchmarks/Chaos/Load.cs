namespace AgentSystem.Benchmarks.Chaos;

/// <summary>Work that goes on all the time: a task for each worker every two seconds and a half, which takes a moment and calls a model.</summary>
internal sealed class Load : IAsyncDisposable
{
    /// <summary>How often each worker gets a task.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(2.5);

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;

    internal Load(ChaosSystem system) => _run = Task.WhenAll(ChaosSystem.Workers.Select(worker => RunAsync(system, worker)));

    /// <summary>Gives a worker so many tasks at once.</summary>
    internal static async Task BurstAsync(ChaosSystem system, string worker, int tasks, CancellationToken cancellation)
    {
        for (var i = 0; i < tasks; i++)
            await system.SubmitAsync(NewTask(worker), cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _stop.Dispose();
    }

    private async Task RunAsync(ChaosSystem system, string worker)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            do
            {
                try
                {
                    await system.SubmitAsync(NewTask(worker), _stop.Token);
                }
                catch (HttpRequestException)
                {
                    // A fault may be the reason, and is looked at elsewhere.
                }
            }
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static object NewTask(string worker) => new { type = "sleep", worker, payload = new { seconds = 0.05, model_seconds = 0.05 } };
}
