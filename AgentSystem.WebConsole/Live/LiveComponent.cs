using AgentSystem.WebConsole.Backends;
using Microsoft.AspNetCore.Components;

namespace AgentSystem.WebConsole.Live;

/// <summary>Base of a page or a part of one that shows what changes. Its watches end with it.</summary>
public abstract class LiveComponent : ComponentBase, IDisposable
{
    private readonly Dictionary<string, Place> _places = [];
    private bool _isDisposed;

    /// <summary>The questions that all pages share.</summary>
    [Inject]
    protected SharedPolls Polls { get; set; } = null!;

    /// <summary>The clock.</summary>
    [Inject]
    protected TimeProvider Time { get; set; } = null!;

    /// <summary>
    /// Watches a question and renders with each answer. May be called again with each change of parameters: with the same key only the
    /// interval changes, with another one the slot's earlier watch ends.
    /// </summary>
    /// <param name="slot">Names the place on this page that the answer is for.</param>
    /// <param name="key">Names the question: all pages with the same key share it.</param>
    /// <param name="interval">How often it is asked.</param>
    /// <param name="ask">The question.</param>
    /// <param name="take">Takes the answer in, for example into a field.</param>
    protected void Watch<T>(string slot, string key, TimeSpan interval, Func<CancellationToken, Task<Answer<T>>> ask, Action<Live<T>> take)
    {
        if (_places.TryGetValue(slot, out var earlier))
        {
            if (earlier.Key == key)
            {
                earlier.Interval = interval;
                return;
            }
            earlier.Watch?.Dispose();
            take(new());
        }
        var place = new Place(key, interval);
        _places[slot] = place;
        // What is known already is told before Watch returns.
        place.Watch = Polls.Watch<T>(key, interval, ask, live => _ = RenderAsync(() =>
        {
            // Answers that were on their way when the slot changed are not for the new question.
            if (_isDisposed || _places.GetValueOrDefault(slot) != place)
                return;
            if (live.Mistake is not null)
                throw new InvalidOperationException($"The question '{key}' failed.", live.Mistake);
            take(live);
            StateHasChanged();
        }));
    }

    /// <summary>A mistake in what is done breaks the page, where people see it, instead of being lost.</summary>
    private Task RenderAsync(Action action) => InvokeAsync(async () =>
    {
        try
        {
            action();
        }
#pragma warning disable CA1031 // It is handed on.
        catch (Exception e)
        {
            await DispatchExceptionAsync(e);
        }
#pragma warning restore CA1031
    });

    /// <summary>Ends a watch.</summary>
    protected void Unwatch(string slot)
    {
        if (_places.Remove(slot, out var place))
            place.Watch?.Dispose();
    }

    /// <summary>Asks the slot's question now. May be called on any thread.</summary>
    protected void AskNow(string slot) => Ask(slot, static watch => watch.AskNow());

    /// <summary>Asks the slot's question once what happens now is over. May be called on any thread, as often as something happens.</summary>
    protected void AskSoon(string slot) => Ask(slot, static watch => watch.AskSoon());

    private void Ask(string slot, Action<PollWatch> ask) => _ = InvokeAsync(() =>
    {
        if (_places.TryGetValue(slot, out var place) && place.Watch is { } watch)
            ask(watch);
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the watches; whoever overrides it calls this too.</summary>
    protected virtual void Dispose(bool disposing)
    {
        _isDisposed = true;
        foreach (var place in _places.Values)
            place.Watch?.Dispose();
        _places.Clear();
    }

    private sealed class Place(string key, TimeSpan interval)
    {
        private TimeSpan _interval = interval;
        private PollWatch? _watch;

        public string Key => key;

        public TimeSpan Interval
        {
            set
            {
                _interval = value;
                _watch?.Every(value);
            }
        }

        public PollWatch? Watch
        {
            get => _watch;
            set
            {
                _watch = value;
                // An answer that was known already may have changed it.
                _watch?.Every(_interval);
            }
        }
    }
}
