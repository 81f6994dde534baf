using AgentSystem.Orchestrator.Journal;

namespace AgentSystem.Tests.Orchestrator;

public sealed class EventSignalTests
{
    private readonly EventSignal _signal = new();

    [Fact]
    public async Task Who_waits_for_a_task_is_woken_by_it_and_not_by_others()
    {
        var (one, any) = (_signal.WaitAfterAsync(0, "one", default), _signal.WaitAfterAsync(0, taskId: null, default));

        _signal.Advance(1, new HashSet<string> { "other" });
        await any.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.False(one.IsCompleted);

        _signal.Advance(2, new HashSet<string> { "other", "one" });
        await one.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Who_comes_after_an_event_does_not_wait_for_it()
    {
        _signal.Advance(3, new HashSet<string> { "other" });

        Assert.True(_signal.WaitAfterAsync(2, "one", default).IsCompletedSuccessfully);
        Assert.False(_signal.WaitAfterAsync(3, "one", default).IsCompleted);
    }

    [Fact]
    public async Task Who_gives_up_ends_it_for_nobody_else()
    {
        using var impatient = new CancellationTokenSource();
        var (first, second) = (_signal.WaitAfterAsync(0, "one", impatient.Token), _signal.WaitAfterAsync(0, "one", default));

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal(1, _signal.Waiting);

        _signal.Advance(1, new HashSet<string> { "one" });
        await second.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, _signal.Waiting);
    }
}
