using AgentSystem.Protocol.Api;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace AgentSystem.Alerting.Incidents;

/// <summary>
/// Keeps incidents and the messages about them on disk. One transaction at a time, answered after its commit: notifications come a few at a
/// time, so that nothing is won by putting several into one fsync, as the orchestrator's journal does.
/// </summary>
public sealed class IncidentStore(
    IOptions<AlertingOptions> options, IEnumerable<IAnnouncer> announcers, TimeProvider time, InjectedFaults? faults = null) : IHostedService, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly List<IAnnouncer> _announcers = [.. announcers];
    private DatabaseFile? _file;

    /// <summary>Tells those who send that something was committed, perhaps a message.</summary>
    internal event Action? Committed;

    /// <summary>Opens the file.</summary>
    /// <exception cref="IncidentStoreException">It cannot be used; the message says what to do.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _file = DatabaseFile.Open(options.Value.Database);
        return Task.CompletedTask;
    }

    /// <summary>Closes the file once nobody is in a transaction.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        Close();
        _turn.Release();
    }

    /// <summary>Runs <paramref name="step"/> in a transaction and answers when it is on disk. If it throws, nothing of it is kept.</summary>
    /// <exception cref="IncidentStoreException">The file is closed or the disk refuses.</exception>
    internal Task<T> ChangeAsync<T>(Func<IncidentSession, T> step, CancellationToken cancellationToken = default) =>
        RunAsync(step, isChange: true, cancellationToken);

    /// <summary>Reads what is committed.</summary>
    internal Task<T> ReadAsync<T>(Func<IncidentSession, T> step, CancellationToken cancellationToken = default) =>
        RunAsync(step, isChange: false, cancellationToken);

    /// <summary>An incident with its timeline, or null.</summary>
    public Task<Incident?> FindAsync(string id, CancellationToken cancellationToken = default) =>
        ReadAsync(session => session.Find(id) is { } incident ? incident with { Timeline = session.Timeline(id) } : null, cancellationToken);

    private async Task<T> RunAsync<T>(Func<IncidentSession, T> step, bool isChange, CancellationToken cancellationToken)
    {
        // Before its turn, so that nobody waits for somebody else's question.
        if (isChange && faults is not null)
            await faults.RefreshAsync(cancellationToken);
        await _turn.WaitAsync(cancellationToken);
        T result;
        try
        {
            var file = _file ?? throw new IncidentStoreException("The incidents are closed, because the alerting service is stopping. Try again when it is back.");
            // To the millisecond, as it is kept: what is compared later must not differ by less.
            var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
            using var session = new IncidentSession(file.Connection, _announcers, faults?.Known ?? [], now);
            result = step(session);
            if (isChange)
                session.Commit();
        }
        catch (SqliteException e)
        {
            throw new IncidentStoreException($"The incidents cannot be kept: {e.Message}. Free space on the disk of {options.Value.Database}, then try again.", e);
        }
        finally
        {
            _turn.Release();
        }
        if (isChange)
            Committed?.Invoke();
        return result;
    }

    private void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Close();
        _turn.Dispose();
    }
}
