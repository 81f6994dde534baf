using System.Threading.Channels;

namespace AgentSystem.Orchestrator.Dispatch;

/// <summary>Reasons for the dispatcher to look at something, collected between two of its rounds. None of them is proof of anything.</summary>
public sealed class Round
{
    /// <summary>Names of files in <c>results/</c>.</summary>
    public HashSet<string> Results { get; } = new(StringComparer.Ordinal);

    /// <summary>Files in <c>active/&lt;worker&gt;/</c>.</summary>
    public HashSet<(string Worker, string Name)> Claims { get; } = [];

    /// <summary>Tasks whose files are not wanted any more.</summary>
    public HashSet<(string Worker, string Id)> Unwanted { get; } = [];

    /// <summary>Whether due retries and deadlines are to be looked for.</summary>
    public bool Tick { get; set; }

    /// <summary>Whether an event may have been lost, so that the folders have to be scanned.</summary>
    public bool Rescan { get; set; }
}

/// <summary>Where everybody leaves word for the dispatcher. Safe for concurrent use; it never waits.</summary>
public sealed class DispatchSignals
{
    private readonly Lock _gate = new();
    private readonly Channel<bool> _bell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Round _round = new();

    /// <summary>There may be something to place.</summary>
    public void Wake() => Leave(static _ => { });

    /// <summary>A file appeared in <c>results/</c>.</summary>
    public void ResultSeen(string name) => Leave(r => r.Results.Add(name));

    /// <summary>A file appeared in <c>active/&lt;worker&gt;/</c>.</summary>
    public void ClaimSeen(string worker, string name) => Leave(r => r.Claims.Add((worker, name)));

    /// <summary>A task was settled by somebody else than its worker: take its files away.</summary>
    public void Unwanted(string worker, string id) => Leave(r => r.Unwanted.Add((worker, id)));

    /// <summary>Time has passed.</summary>
    public void Tick() => Leave(static r => r.Tick = true);

    /// <summary>An event may have been lost.</summary>
    public void Rescan() => Leave(static r => r.Rescan = true);

    /// <summary>Waits for word, and takes all of it.</summary>
    internal async Task<Round> NextAsync(CancellationToken cancellation)
    {
        await _bell.Reader.ReadAsync(cancellation);
        lock (_gate)
        {
            var round = _round;
            _round = new();
            return round;
        }
    }

    private void Leave(Action<Round> word)
    {
        lock (_gate)
            word(_round);
        _bell.Writer.TryWrite(true);
    }
}
