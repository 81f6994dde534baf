using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Dashboards.Queries;
using Microsoft.Extensions.Time.Testing;

namespace AgentSystem.Tests.WebConsole.Dashboards;

public sealed class SharedQueriesTests
{
    [Fact]
    public async Task A_backend_that_takes_long_keeps_no_other_from_being_asked()
    {
        using var queries = new SharedQueries(new FakeTimeProvider());
        var never = new TaskCompletionSource<Answer<int>>();
        var waiting = Enumerable.Range(0, SharedQueries.PlacesEach * 2).Select(i => queries.AskAsync(Backend.Loki, $"{i}", _ => never.Task, default)).ToList();

        // The same words, to another backend: another question.
        var answer = await queries.AskAsync(Backend.Prometheus, "0", _ => Task.FromResult<Answer<int>>(7), default);

        Assert.Equal(7, answer.Value);
        Assert.DoesNotContain(waiting, task => task.IsCompleted);
        never.SetResult(1);
        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task No_more_than_its_places_are_asked_of_a_backend_at_once()
    {
        using var queries = new SharedQueries(new FakeTimeProvider());
        var answer = new TaskCompletionSource<Answer<int>>();
        var asked = 0;

        var waiting = Enumerable.Range(0, SharedQueries.PlacesEach * 2).Select(i => queries.AskAsync(Backend.Loki, $"{i}", _ =>
        {
            Interlocked.Increment(ref asked);
            return answer.Task;
        }, default)).ToList();

        Assert.Equal(SharedQueries.PlacesEach, asked);
        answer.SetResult(1);
        await Task.WhenAll(waiting);
        Assert.Equal(waiting.Count, asked);
    }
}
