using AgentSystem.Protocol;
using AgentSystem.Workers.Agents;
using AgentSystem.Workers.Configuration;
using AgentSystem.Workers.Tasks;
using Microsoft.Extensions.Options;

namespace AgentSystem.Workers.Heartbeat;

/// <summary>Writes this process's sign of life every <see cref="WorkerOptions.HeartbeatInterval"/>, and takes it away when it leaves.</summary>
public sealed partial class HeartbeatService(
    SharedVolume volume, WorkerIdentity identity, IOptions<WorkerOptions> options, ActiveTasks active, AgentSelector agents,
    OwnAddress address, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<HeartbeatService> logger) : BackgroundService
{
    private readonly string _path = volume.HeartbeatPath(identity.Worker, identity.Instance);
    private readonly SemaphoreSlim _news = new(0);
    private long _sequence;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The address is known once the server runs, and that we drain is news at once: neither waits for the next beat.
        await using var started = lifetime.ApplicationStarted.Register(() => _news.Release());
        await using var stopping = lifetime.ApplicationStopping.Register(() => _news.Release());
        using var timer = time.CreateTimer(_ => _news.Release(), null, TimeSpan.Zero, options.Value.HeartbeatInterval);
        try
        {
            while (true)
            {
                await _news.WaitAsync(stoppingToken);
                Beat();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        finally
        {
            Leave();
        }
    }

    private void Beat()
    {
        var beat = new WorkerHeartbeat(
            identity.Worker, identity.Instance, ++_sequence, time.GetUtcNow(), identity.StartedAt, options.Value.Concurrency, active.Count,
            lifetime.ApplicationStopping.IsCancellationRequested, agents.TaskTypes, address.Get());
        try
        {
            ProtocolFile.Write(_path, beat, ProtocolJson.Default.WorkerHeartbeat);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            CannotBeat(e);
        }
    }

    private void Leave()
    {
        try
        {
            File.Delete(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            CannotBeat(e);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _news.Dispose();
        base.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cannot write the heartbeat; without it the orchestrator takes this process for dead")]
    private partial void CannotBeat(Exception e);
}
