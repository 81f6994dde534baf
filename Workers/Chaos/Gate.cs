namespace AgentSystem.Workers.Chaos;

/// <summary>Holds up whoever passes while it is closed, and lets all of them go when it opens. Safe for concurrent use.</summary>
internal sealed class Gate
{
    private volatile TaskCompletionSource? _opened;

    internal void Close() => _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal void Open()
    {
        _opened?.TrySetResult();
        _opened = null;
    }

    /// <summary>Passes at once while the gate is open, else when it opens or after <paramref name="longest"/>.</summary>
    internal async Task PassAsync(TimeSpan longest, TimeProvider time, CancellationToken cancellation)
    {
        if (_opened is not { } opened)
            return;
        using var given = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAny(opened.Task, Task.Delay(longest, time, given.Token));
        cancellation.ThrowIfCancellationRequested();
        await given.CancelAsync();
    }
}
