using AgentSystem.Alerting.Notifications;
using Microsoft.Extensions.Time.Testing;

namespace AgentSystem.Tests.Alerting.Notifications;

/// <summary>When an attempt is followed by another.</summary>
public sealed class DeliveriesTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<TimeSpan> _waits = [];
    private int _attempts;

    [Fact]
    public async Task Another_attempt_follows_when_the_service_says_so()
    {
        var delivery = DeliverAsync(new DeliveryException("HTTP 429", isFinal: false, TimeSpan.FromSeconds(30)), failures: 1);

        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(1, _attempts);
        _time.Advance(TimeSpan.FromSeconds(1));
        await delivery;

        Assert.Equal((2, TimeSpan.FromSeconds(30)), (_attempts, Assert.Single(_waits)));
    }

    [Fact]
    public async Task What_is_final_is_not_tried_again()
    {
        await Assert.ThrowsAsync<DeliveryException>(() => DeliverAsync(new DeliveryException("HTTP 400", isFinal: true), failures: 9));
        Assert.Equal((1, 0), (_attempts, _waits.Count));
    }

    [Fact]
    public async Task A_service_that_fails_again_and_again_is_left_alone_for_a_while()
    {
        var delivery = DeliverAsync(new HttpRequestException("nobody listens"), failures: 5);
        while (_attempts < 5)
            _time.Advance(TimeSpan.FromSeconds(1));

        // One wait more, and the circuit says how long it stays open.
        var before = _time.GetUtcNow();
        while (!delivery.IsCompleted)
            _time.Advance(TimeSpan.FromSeconds(1));
        await delivery;

        Assert.Equal(6, _attempts);
        Assert.True(_time.GetUtcNow() - before >= TimeSpan.FromSeconds(30), $"{_time.GetUtcNow() - before}");
    }

    [Theory]
    [InlineData(429, false)]
    [InlineData(500, false)]
    [InlineData(503, false)]
    [InlineData(408, false)]
    [InlineData(400, true)]
    [InlineData(403, true)]
    [InlineData(404, true)]
    public void An_answer_tells_whether_another_attempt_may_end_better(int status, bool isFinal)
    {
        using var response = new HttpResponseMessage((System.Net.HttpStatusCode)status);
        Assert.Equal(isFinal, DeliveryException.Of(response, "", _time.GetUtcNow()).IsFinal);
    }

    private Task DeliverAsync(Exception failure, int failures)
    {
        var options = new DeliveryOptions { BaseDelay = TimeSpan.FromMilliseconds(100), MaxDelay = TimeSpan.FromSeconds(1), BreakDuration = TimeSpan.FromSeconds(30), BreakAfter = 5 };
        return Deliveries.Create(options, _time, (_, wait) => _waits.Add(wait))
            .ExecuteAsync(_ => ++_attempts <= failures ? ValueTask.FromException(failure) : ValueTask.CompletedTask).AsTask();
    }
}
