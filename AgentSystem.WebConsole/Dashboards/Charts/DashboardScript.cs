using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace AgentSystem.WebConsole.Dashboards.Charts;

/// <summary><c>wwwroot/dashboards.js</c> in one browser window, loaded once for all charts there. A window that is gone is no error.</summary>
public sealed class DashboardScript(IJSRuntime script)
{
    private Task<IJSObjectReference>? _module;

    /// <summary>Draws a chart, or what has changed of it.</summary>
    /// <param name="self">Is told what somebody does with the pointer.</param>
    public Task DrawAsync<T>(ElementReference element, ChartSpec spec, DotNetObjectReference<T> self) where T : class =>
        CallAsync(module => module.InvokeVoidAsync("draw", element, spec, self));

    /// <summary>Forgets a chart. Waits for nobody: a window that is closed before it has loaded the script never says so.</summary>
    public Task RemoveAsync(ElementReference element) =>
        _module is { IsCompletedSuccessfully: true } ? CallAsync(module => module.InvokeVoidAsync("remove", element)) : Task.CompletedTask;

    /// <summary>Waits until the charts that the window shows are drawn, or half a second where data are slow to come.</summary>
    public Task UntilDrawnAsync() => CallAsync(module => module.InvokeVoidAsync("untilDrawn"));

    private async Task CallAsync(Func<IJSObjectReference, ValueTask> call)
    {
        try
        {
            await call(await (_module ??= script.InvokeAsync<IJSObjectReference>("import", "./dashboards.js").AsTask()));
        }
        catch (Exception e) when (e is JSDisconnectedException or OperationCanceledException or ObjectDisposedException)
        {
            // The window is gone, and with it all that was in it.
        }
    }
}
