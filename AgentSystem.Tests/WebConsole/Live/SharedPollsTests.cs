using AgentSystem.Tests.Support;
using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Live;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AgentSystem.Tests.WebConsole.Live;

public sealed class SharedPollsTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();
    private readonly ApplicationLifetime _host = new(NullLogger<ApplicationLifetime>.Instance);
    private readonly SharedPolls _polls;
    private Answer<int> _answer = 1;
    private int _asked;

    public SharedPollsTests() => _polls = new(_time, _host, NullLogger<SharedPolls>.Instance);

    public void Dispose() => _host.StopApplication();

    [Fact]
    public async Task Many_who_watch_the_same_ask_once()
    {
        var seats = Enumerable.Range(0, 20).Select(_ => new Seat(this)).ToList();

        await Eventually.True(() => seats.TrueForAll(seat => seat.Latest.Value == 1));
        Assert.Equal((1, 1), (_asked, _polls.Count));

        _answer = 2;
        var began = _time.GetUtcNow();
        await AdvanceUntilAsync(Interval, () => seats.TrueForAll(seat => seat.Latest.Value == 2));
        AssertAskedOnceAnInterval(began, before: 1);
    }

    [Fact]
    public async Task Who_comes_later_is_told_at_once_what_is_known()
    {
        using var first = new Seat(this);
        await Eventually.True(() => first.Latest.Value == 1);

        using var second = new Seat(this);

        Assert.Equal(1, second.Latest.Value);
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task What_nobody_watches_any_more_is_not_asked()
    {
        using (var seat = new Seat(this))
            await Eventually.True(() => seat.Latest.Value == 1);

        await AdvanceUntilAsync(TimeSpan.FromSeconds(11), () => _polls.Count == 0);
        Assert.InRange(_asked, 1, 2);

        using var again = new Seat(this);
        await Eventually.True(() => again.Latest.Value == 1 && _polls.Count == 1);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(86_400)]
    public async Task Of_what_nobody_watches_any_more_nothing_is_kept(int interval)
    {
        var page = await LookAndLeaveAsync(TimeSpan.FromSeconds(interval));

        await AdvanceUntilAsync(TimeSpan.FromSeconds(11), () => _polls.Count == 0);

        await Eventually.True(() =>
        {
            GC.Collect();
            return !page.IsAlive;
        });
    }

    // In a method of its own, so that nothing of it is left on the stack.
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private async Task<WeakReference> LookAndLeaveAsync(TimeSpan interval)
    {
        var page = new List<int>();
        using var watch = _polls.Watch<int>("left", interval, _ => Task.FromResult<Answer<int>>(page.Count), live => page.Add(live.Value));
        await Eventually.True(() => page.Count > 0);
        return new(page);
    }

    [Fact]
    public async Task A_backend_that_goes_down_leaves_what_it_said_and_comes_back()
    {
        using var seat = new Seat(this);
        await Eventually.True(() => seat.Latest.Value == 1);

        _answer = new Problem(Backend.Loki, ProblemKind.Down, "gone", default);
        await AdvanceUntilAsync(Interval, () => seat.Latest.Problem is not null);
        Assert.Equal(1, seat.Latest.Value);

        _answer = 2;
        await AdvanceUntilAsync(Interval, () => seat.Latest is { Value: 2, Problem: null });
    }

    [Fact]
    public async Task A_mistake_of_ours_is_told_while_there_is_nothing_to_show_and_the_poll_goes_on()
    {
        var (isBroken, failed, latest) = (true, 0, new Live<int>());
        using var watch = _polls.Watch<int>("broken", Interval, _ =>
        {
            if (!isBroken)
                return Task.FromResult(_answer);
            failed++;
            throw new FormatException("ours");
        }, live => latest = live);
        await Eventually.True(() => latest.Mistake is FormatException);

        isBroken = false;
        await AdvanceUntilAsync(Interval, () => latest is { Value: 1, Mistake: null });

        isBroken = true;
        var before = failed;
        await AdvanceUntilAsync(Interval, () => failed > before + 1);
        Assert.True(latest is { Value: 1, Mistake: null });
    }

    [Fact]
    public async Task What_is_refused_has_no_older_data()
    {
        using var seat = new Seat(this);
        await Eventually.True(() => seat.Latest.Value == 1);

        _answer = new Problem(Backend.Loki, ProblemKind.NotFound, "no such thing", default);

        await AdvanceUntilAsync(Interval, () => seat.Latest is { Value: 0, Problem.Text: "no such thing" });
    }

    [Fact]
    public async Task A_change_is_asked_for_without_waiting_and_not_more_than_twice_a_second()
    {
        using var seat = new Seat(this);
        await Eventually.True(() => seat.Latest.Value == 1);
        _answer = 2;

        for (var i = 0; i < 100; i++)
            seat.AskNow();
        Assert.Equal(1, _asked);
        var began = _time.GetUtcNow();
        await AdvanceUntilAsync(TimeSpan.FromMilliseconds(500), () => seat.Latest.Value == 2);

        AssertAskedOnceAnInterval(began, before: 1);
    }

    [Fact]
    public async Task What_happens_is_asked_for_in_a_moment_and_not_more_than_once_a_second()
    {
        using var seat = new Seat(this);
        await Eventually.True(() => seat.Latest.Value == 1);

        for (var (burst, began) = (0, _time.GetUtcNow()); burst < 2; burst++, began = _time.GetUtcNow())
        {
            var before = _asked;
            _answer = before + 1;
            for (var i = 0; i < 100; i++)
                seat.AskSoon();
            await AdvanceUntilAsync(TimeSpan.FromMilliseconds(249), () => _asked > before);

            // The question before it has just been asked.
            var elapsed = _time.GetUtcNow() - began;
            Assert.InRange(_asked, before + 1, before + (int)elapsed.TotalSeconds);
            await Eventually.True(() => seat.Latest.Value == before + 1);
        }

        // Nothing was asked for a while: only the burst is waited for.
        _time.Advance(TimeSpan.FromSeconds(2));
        var (asked, now) = (_asked, _time.GetUtcNow());
        seat.AskSoon();
        await AdvanceUntilAsync(TimeSpan.FromMilliseconds(250), () => _asked > asked);
        Assert.True(_time.GetUtcNow() - now >= TimeSpan.FromMilliseconds(250));
    }

    [Fact]
    public async Task Who_wants_it_less_often_is_asked_for_less_often_and_more_often_again_without_waiting()
    {
        using var seat = new Seat(this);
        await Eventually.True(() => seat.Latest.Value == 1);

        seat.Every(Interval * 6);
        var (began, before) = (_time.GetUtcNow(), _asked);
        await AdvanceUntilAsync(Interval, () => _asked == before + 2);
        Assert.True(_time.GetUtcNow() - began >= Interval * 11, $"asked twice in {_time.GetUtcNow() - began}");

        seat.Every(Interval);
        (began, before) = (_time.GetUtcNow(), _asked);
        await AdvanceUntilAsync(Interval, () => _asked > before);
        Assert.InRange(_time.GetUtcNow() - began, Interval, Interval * 5);
    }

    /// <summary>On a busy machine the clock of the test may go on for more than an interval until all have heard; more often than it allows is too often nevertheless.</summary>
    private void AssertAskedOnceAnInterval(DateTimeOffset began, int before) =>
        Assert.InRange(_asked, before + 1, before + 1 + (int)((_time.GetUtcNow() - began) / Interval));

    /// <summary>Lets the time pass in which the poll waits, and a little more as long as it was only about to begin its waiting.</summary>
    private Task AdvanceUntilAsync(TimeSpan step, Func<bool> condition)
    {
        _time.Advance(step);
        return Eventually.True(() =>
        {
            if (condition())
                return true;
            _time.Advance(TimeSpan.FromMilliseconds(50));
            return condition();
        });
    }

    private sealed class Seat : IDisposable
    {
        private readonly PollWatch _watch;

        public Seat(SharedPollsTests test) => _watch = test._polls.Watch<int>("key", Interval, _ =>
        {
            Interlocked.Increment(ref test._asked);
            return Task.FromResult(test._answer);
        }, live => Latest = live);

        public Live<int> Latest { get; private set; } = new();

        public void AskNow() => _watch.AskNow();

        public void AskSoon() => _watch.AskSoon();

        public void Every(TimeSpan interval) => _watch.Every(interval);

        public void Dispose() => _watch.Dispose();
    }
}
