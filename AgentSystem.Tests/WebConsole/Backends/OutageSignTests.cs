using AgentSystem.Tests.Support;
using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Shared;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AgentSystem.Tests.WebConsole.Backends;

public sealed class OutageSignTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ConsoleComponents _console;

    public OutageSignTests() => _console = new(time: _time);

    public void Dispose() => _console.Dispose();

    public static TheoryData<Backend> Backends => [.. Enum.GetValues<Backend>()];

    /// <summary>For example when a page that asked Loki was left while Loki was away.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public async Task A_backend_that_is_back_is_noticed_although_no_page_asks_it(Backend backend)
    {
        _console.Backends.Answer(backend, "/else", "");
        _console.Services.GetRequiredService<BackendHealth>().Failed(backend);
        var signs = Enumerable.Range(0, 3).Select(_ => _console.Render<OutageSign>()).ToList();
        Assert.All(signs, sign => Assert.Contains($"{backend.Title()} is down", sign.Markup, StringComparison.Ordinal));
        await AdvanceUntilAsync(() => _console.Backends.Requests.Count > 1);
        Assert.All(signs, sign => Assert.Contains("is down", sign.Markup, StringComparison.Ordinal));

        _console.Backends.Answer(backend, _console.Backends.Requests.First().Split('?')[0], "{}");

        await AdvanceUntilAsync(() => signs.TrueForAll(sign => sign.Markup.Trim().Length == 0));
    }

    [Fact]
    public async Task A_backend_that_a_page_asks_is_not_asked_by_the_sign()
    {
        _console.Backends.Answer(Backend.Loki, "/else", "");
        var health = _console.Services.GetRequiredService<BackendHealth>();
        health.Failed(Backend.Loki);
        var probe = _console.Services.GetRequiredService<BackendProbe>();
        _time.Advance(BackendProbe.Interval - TimeSpan.FromSeconds(1));
        health.Failed(Backend.Loki);
        _time.Advance(TimeSpan.FromSeconds(2));

        await probe.AskAsync(Backend.Loki, default);
        Assert.Empty(_console.Backends.Requests);

        _time.Advance(BackendProbe.Interval);
        await probe.AskAsync(Backend.Loki, default);
        Assert.Single(_console.Backends.Requests);
    }

    private Task AdvanceUntilAsync(Func<bool> condition) => Eventually.True(() =>
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        return condition();
    });
}
