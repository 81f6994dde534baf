using AgentSystem.Alerting.Incidents;
using AgentSystem.Protocol.Api;
using AgentSystem.Tests.Support;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace AgentSystem.Tests.Alerting.Incidents;

/// <summary>Incidents in a file of the test's own, on a clock of the test's own, told to channels of its choice that nobody sends for.</summary>
internal sealed class SomeDesk : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly IAnnouncer[] _announcers;
    private readonly AlertingOptions _options;

    public SomeDesk(params IAnnouncer[] announcers)
    {
        _announcers = announcers;
        _options = new() { Database = _folder["incidents.db"] };
        Time = new(SomeAlerts.Start);
        (Store, Desk, Watchdog) = Open();
    }

    public string Path => _options.Database;

    public FakeTimeProvider Time { get; }

    public IncidentStore Store { get; private set; }

    public IncidentDesk Desk { get; private set; }

    public Watchdog Watchdog { get; private set; }

    /// <summary>Everything that is left is on disk.</summary>
    public void Restart()
    {
        Store.Dispose();
        (Store, Desk, Watchdog) = Open();
    }

    public Task ReceiveAsync(params AlertReport[] reports) => Desk.ReceiveAsync(reports);

    /// <summary>The time passes, and what nobody tells is looked at.</summary>
    public async Task PassAsync(double seconds, IReadOnlyList<KnownAlert>? known = null, params string[] lost)
    {
        Time.Advance(TimeSpan.FromSeconds(seconds));
        await Desk.LookAsync(known, lost.ToHashSet(), forget: Time.GetUtcNow() - TimeSpan.FromDays(90), CancellationToken.None);
    }

    public async Task<IReadOnlyList<Incident>> AllAsync() =>
        [.. (await Store.ReadAsync(session => session.List(Enum.GetValues<IncidentState>(), AlertSeverity.Info, 100))).Reverse()];

    public async Task<Incident> OnlyAsync() => (await Store.FindAsync(Assert.Single(await AllAsync()).Id))!;

    public async Task<IReadOnlyList<string>> EventsAsync(string id) => [.. (await Store.FindAsync(id))!.Timeline.Select(entry => entry.Event)];

    /// <summary>What waits to be sent by a channel, oldest first.</summary>
    public Task<List<OutboxMessage>> WaitingAsync(string channel) => Store.ChangeAsync(session =>
    {
        var messages = new List<OutboxMessage>();
        while (session.NextMessage(channel) is { } next)
        {
            messages.Add(next);
            session.Remove(next.Seq);
        }
        return messages;
    });

    public void Dispose()
    {
        Store.Dispose();
        _folder.Dispose();
    }

    private (IncidentStore, IncidentDesk, Watchdog) Open()
    {
        var store = new IncidentStore(Options.Create(_options), _announcers, Time);
        store.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
        var watchdog = new Watchdog(Options.Create(_options), Time);
        return (store, new(store, Options.Create(_options), watchdog), watchdog);
    }
}
