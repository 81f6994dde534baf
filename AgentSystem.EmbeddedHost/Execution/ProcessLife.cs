using System.Collections.Concurrent;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Execution;

/// <summary>The life of a project's or executable's processes: wait for what they need, start, restart with back-off, stop. It can be lived again.</summary>
internal sealed partial class ProcessLife(
    IResource resource, RunSettings settings, ResourceNotificationService notifications, ResourceLoggerService logs, IDistributedApplicationEventing eventing,
    HealthWatch health, DistributedApplicationModel model, IServiceProvider services, TimeProvider time, ILogger<ProcessLife> logger, CancellationToken hostStopping) : IDisposable
{
    private const int Restarts = 5;
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongEnoughToForgive = TimeSpan.FromMinutes(1);

    private readonly string[] _ids = [.. Enumerable.Range(0, resource.GetReplicaCount()).Select(_ => $"{resource.Name}-{Guid.NewGuid().ToString("n")[..8]}")];
    private readonly ConcurrentDictionary<string, ChildProcess> _children = new();
    private readonly Lock _gate = new();
    private CancellationTokenSource _run = new();
    private Task _life = Task.CompletedTask;

    /// <summary>Makes the replicas known before anything runs.</summary>
    public Task AnnounceAsync() => PublishAsync(s => s with { State = KnownResourceStates.NotStarted });

    /// <summary>Begins a life, unless one is going on or the host is about to stop.</summary>
    public void Start()
    {
        lock (_gate)
        {
            if (!_life.IsCompleted || hostStopping.IsCancellationRequested)
                return;
            _run.Dispose();
            _run = CancellationTokenSource.CreateLinkedTokenSource(hostStopping);
            _life = Task.Run(() => LiveAsync(_run.Token), CancellationToken.None);
        }
    }

    /// <summary>Asks the processes to end, and ends them when they have not done so within <paramref name="grace"/>.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        (Task life, CancellationTokenSource run) = (_life, _run);
        if (life.IsCompleted)
            return;
        await run.CancelAsync().ConfigureAwait(false);
        foreach (var (id, child) in _children)
        {
            await PublishAsync(id, s => s with { State = KnownResourceStates.Stopping }).ConfigureAwait(false);
            child.Terminate();
        }

        try
        {
            await life.WaitAsync(grace > TimeSpan.Zero ? grace : TimeSpan.Zero, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            foreach (var child in _children.Values)
                child.KillAll();
            await life.ConfigureAwait(false);
        }
    }

    public void Dispose() => _run.Dispose();

    private async Task LiveAsync(CancellationToken token)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(token);
        var watching = Task.CompletedTask;
        try
        {
            await PublishAsync(s => s with
            {
                State = KnownResourceStates.Waiting,
                ExitCode = null,
                StartTimeStamp = null,
                StopTimeStamp = null,
                Ready = null,
                HealthReports = HealthWatch.NotAskedYet(resource),
            }).ConfigureAwait(false);
            foreach (var wait in resource.Annotations.OfType<WaitAnnotation>())
                await Dependencies.WaitAsync(wait, resource, notifications, token).ConfigureAwait(false);
            await eventing.PublishAsync(new BeforeResourceStartedEvent(resource, services), token).ConfigureAwait(false);
            var urls = await ResourceUrls.ResolveAsync(resource, token).ConfigureAwait(false);
            await PublishAsync(s => s with { State = KnownResourceStates.Starting, Urls = urls }).ConfigureAwait(false);
            watching = health.WatchAsync(resource, over.Token);
            await Task.WhenAll(_ids.Select(RunAsync)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            await PublishAsync(s => s with { State = KnownResourceStates.NotStarted }).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Whatever a resource fails of is its own failure: it is shown there, and the others go on.
            foreach (var id in _ids)
                await FailAsync(id, e).ConfigureAwait(false);
        }

        await over.CancelAsync().ConfigureAwait(false);
        await watching.ConfigureAwait(false);

        async Task RunAsync(string id, int replica)
        {
            int? code = null;
            try
            {
                code = await RunReplicaAsync(id, replica, token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (token.IsCancellationRequested)
            {
                // Between two runs.
            }
            catch (Exception e)
            {
                await FailAsync(id, e).ConfigureAwait(false);
                return;
            }

            await PublishAsync(id, s => s with
            {
                State = code == 0 ? KnownResourceStates.Finished : KnownResourceStates.Exited,
                ExitCode = code ?? s.ExitCode,
                StopTimeStamp = Now,
            }).ConfigureAwait(false);
            if (notifications.TryGetCurrentState(id, out var last))
                await eventing.PublishAsync(new ResourceStoppedEvent(resource, services, last), CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Runs the program until it is done, has failed too often, or is to stop; its last exit code.</summary>
    private async Task<int> RunReplicaAsync(string id, int replica, CancellationToken token)
    {
        for (var restart = 0; ; restart++)
        {
            var launch = await Launch.ForAsync(resource, id, replica, settings.AppHost, token).ConfigureAwait(false);
            token.ThrowIfCancellationRequested();
            using var child = ChildProcess.Start(launch.File, launch.Arguments, launch.WorkingDirectory, launch.Variables, (line, isError) => logs.Write(resource, line, isError));
            _children[id] = child;
            if (token.IsCancellationRequested)
                child.Terminate();
            var started = time.GetTimestamp();
            await PublishAsync(id, s => s with
            {
                State = token.IsCancellationRequested ? KnownResourceStates.Stopping : KnownResourceStates.Running,
                StartTimeStamp = Now,
                StopTimeStamp = null,
                ExitCode = null,
                Properties = [new("executable.path", launch.File), new("executable.workDir", launch.WorkingDirectory), new("executable.pid", child.Id)],
                EnvironmentVariables = [.. launch.Variables.Select(v => new EnvironmentVariableSnapshot(v.Key, v.Value, true))],
            }).ConfigureAwait(false);

            var code = await child.WaitAsync().ConfigureAwait(false);
            _children.TryRemove(id, out _);
            if (time.GetElapsedTime(started) > LongEnoughToForgive)
                restart = 0;
            if (token.IsCancellationRequested || code == 0 || IsWaitedFor() || restart >= Restarts)
                return code;

            var pause = TimeSpan.FromSeconds(Math.Min(LongestBackOff.TotalSeconds, 0.5 * Math.Pow(2, restart)));
            logs.Write(resource, $"Exited with code {code}; restart {restart + 1} of {Restarts} in {pause.TotalSeconds} s.", isError: true);
            LogRestart(id, code, pause, restart + 1, Restarts);
            await PublishAsync(id, s => s with { State = KnownResourceStates.Starting, ExitCode = code }).ConfigureAwait(false);
            await Task.Delay(pause, time, token).ConfigureAwait(false);
        }
    }

    /// <summary>Whoever waits for the completion wants to know the first exit code.</summary>
    private bool IsWaitedFor() =>
        model.Resources.SelectMany(r => r.Annotations.OfType<WaitAnnotation>()).Any(wait => wait.Resource == resource && wait.WaitType == WaitType.WaitForCompletion);

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private async Task FailAsync(string id, Exception e)
    {
        logs.Write(resource, e.Message, isError: true);
        LogFailed(id, e.Message);
        await PublishAsync(id, s => s with { State = new(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error), StopTimeStamp = Now }).ConfigureAwait(false);
    }

    private async Task PublishAsync(Func<CustomResourceSnapshot, CustomResourceSnapshot> change)
    {
        foreach (var id in _ids)
            await PublishAsync(id, change).ConfigureAwait(false);
    }

    private Task PublishAsync(string id, Func<CustomResourceSnapshot, CustomResourceSnapshot> change) => notifications.PublishUpdateAsync(resource, id, change);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Resource} failed: {Reason}")]
    private partial void LogFailed(string resource, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Resource} exited with code {Code}; restart {Number} of {Most} in {Pause}")]
    private partial void LogRestart(string resource, int code, TimeSpan pause, int number, int most);
}
