using AgentSystem.WebConsole.Dashboards.Charts;
using Microsoft.JSInterop;

namespace AgentSystem.Tests.WebConsole.Dashboards;

public sealed class DashboardScriptTests
{
    /// <summary>Who waited for it kept the circuit, and with it a console that is to stop.</summary>
    [Fact]
    public void A_chart_of_a_window_that_closed_before_it_had_the_script_is_forgotten_at_once()
    {
        var script = new DashboardScript(new SilentWindow());
        using var self = DotNetObjectReference.Create(this);
        var drawn = script.DrawAsync(default, null!, self);

        var removed = script.RemoveAsync(default);

        Assert.Equal((false, true), (drawn.IsCompleted, removed.IsCompletedSuccessfully));
    }

    private sealed class SilentWindow : IJSRuntime
    {
        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args) => InvokeAsync<TValue>(identifier, CancellationToken.None, args);

        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, CancellationToken cancellationToken, object?[]? args) => new(new TaskCompletionSource<TValue>().Task);
    }
}
