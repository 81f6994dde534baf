using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Execution;

/// <summary>Which of a resource's processes.</summary>
internal sealed record Replica(string Id, int Index);

/// <summary>The life of one process of a project or executable: prepare, start, start again with back-off when it fails, stop. It can be lived again.</summary>
internal sealed partial class ProcessLife(
    IResource resource, Replica replica, RunSettings settings, DeveloperCertificates certificates, ResourceNotificationService notifications, ResourceLoggerService logs, IDistributedApplicationEventing eventing,
    DistributedApplicationModel model, DistributedApplicationExecutionContext execution, IServiceProvider services, TimeProvider time, ILogger<ProcessLife> logger,
    CancellationToken hostStopping) : IDisposable
{
    private const int Restarts = 5;
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongEnoughToForgive = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private CancellationTokenSource _run = new();
    private CancellationTokenSource _wait = new();
    private Task _life = Task.CompletedTask;
    private volatile ChildProcess? _child;

    /// <summary>How long a process may take to end when it is asked to: long enough for one that finishes what it has begun.</summary>
    public static TimeSpan Grace { get; } = TimeSpan.FromSeconds(15);

    /// <summary>Completes when the life that goes on now is over.</summary>
    public Task Over => _life;

    /// <summary>Begins a life, unless one is going on or the host is about to stop.</summary>
    public void Start(Func<CancellationToken, Task> prepare)
    {
        lock (_gate)
        {
            if (!_life.IsCompleted || hostStopping.IsCancellationRequested)
                return;
            _run.Dispose();
            _wait.Dispose();
            _run = CancellationTokenSource.CreateLinkedTokenSource(hostStopping);
            _wait = CancellationTokenSource.CreateLinkedTokenSource(_run.Token);
            var (run, wait) = (_run.Token, _wait.Token);
            _life = Task.Run(() => LiveAsync(prepare, run, wait), CancellationToken.None);
        }
    }

    /// <summary>Lets a process start that still waits for something.</summary>
    /// <returns>False when it does not wait.</returns>
    public async Task<bool> EndWaitAsync()
    {
        var waited = false;
        await PublishAsync(s =>
        {
            waited = s.State?.Text == KnownResourceStates.Waiting;
            return waited ? s with { State = KnownResourceStates.Starting } : s;
        }).ConfigureAwait(false);
        if (waited)
            await _wait.CancelAsync().ConfigureAwait(false);
        return waited;
    }

    /// <summary>Asks the process to end, and ends it when it has not done so within <see cref="Grace"/>.</summary>
    public async Task StopAsync()
    {
        (Task life, CancellationTokenSource run) = (_life, _run);
        if (life.IsCompleted)
            return;
        await run.CancelAsync().ConfigureAwait(false);
        if (_child is { } child)
        {
            await PublishAsync(s => s with { State = KnownResourceStates.Stopping }).ConfigureAwait(false);
            child.Terminate();
        }

        try
        {
            await life.WaitAsync(Grace, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            logs.Write(replica.Id, $"Did not end within {Grace.TotalSeconds} s and was killed.", isError: true);
            LogKilled(replica.Id, Grace.TotalSeconds);
            _child?.KillAll();
            await life.ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _run.Dispose();
        _wait.Dispose();
    }

    private async Task LiveAsync(Func<CancellationToken, Task> prepare, CancellationToken token, CancellationToken waitToken)
    {
        int? code;
        try
        {
            await PublishAsync(s => s with
            {
                State = KnownResourceStates.Starting,
                ExitCode = null,
                StartTimeStamp = null,
                StopTimeStamp = null,
                HealthReports = HealthWatch.NotAskedYet(resource),
            }).ConfigureAwait(false);
            await PrepareAsync(prepare, token, waitToken).ConfigureAwait(false);
            code = await RunAsync(token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // Before the first run, or between two.
            code = null;
        }
        catch (Exception e)
        {
            // Whatever a resource fails of is its own failure: it is shown there, and the others go on.
            await FailAsync(e).ConfigureAwait(false);
            await StoppedAsync().ConfigureAwait(false);
            return;
        }

        var ran = false;
        await PublishAsync(s =>
        {
            ran = s.StartTimeStamp is not null;
            return s with { State = ran ? KnownResourceStates.Finished : KnownResourceStates.NotStarted, ExitCode = code ?? s.ExitCode, StopTimeStamp = ran ? Now : null };
        }).ConfigureAwait(false);
        if (ran)
            await StoppedAsync().ConfigureAwait(false);
    }

    private async Task PrepareAsync(Func<CancellationToken, Task> prepare, CancellationToken token, CancellationToken waitToken)
    {
        try
        {
            await prepare(waitToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (waitToken.IsCancellationRequested && !token.IsCancellationRequested)
        {
            // Somebody wants it to start now.
        }

        var urls = await ResourceUrls.ResolveAsync(resource, execution, logs, token).ConfigureAwait(false);
        await PublishAsync(s => s with { State = KnownResourceStates.Starting, Urls = urls }).ConfigureAwait(false);
    }

    /// <summary>Runs the program until it is done, has failed too often, or is to stop; its last exit code.</summary>
    private async Task<int> RunAsync(CancellationToken token)
    {
        for (var restart = 0; ; restart++)
        {
            var launch = await Launch.ForAsync(resource, replica, settings.AppHost, certificates, execution, token).ConfigureAwait(false);
            token.ThrowIfCancellationRequested();
            using var child = ChildProcess.Start(launch.File, launch.Arguments, launch.WorkingDirectory, launch.Variables, (line, isError) => logs.Write(replica.Id, line, isError));
            _child = child;
            if (token.IsCancellationRequested)
                child.Terminate();
            var started = time.GetTimestamp();
            await PublishAsync(s => s with
            {
                State = token.IsCancellationRequested ? KnownResourceStates.Stopping : KnownResourceStates.Running,
                StartTimeStamp = Now,
                StopTimeStamp = null,
                ExitCode = null,
                Properties = [new("executable.path", launch.File), new("executable.workDir", launch.WorkingDirectory), new("executable.pid", child.Id)],
                EnvironmentVariables = launch.Shown,
            }).ConfigureAwait(false);

            var code = await child.WaitAsync().ConfigureAwait(false);
            _child = null;
            if (time.GetElapsedTime(started) > LongEnoughToForgive)
                restart = 0;
            if (token.IsCancellationRequested || code == 0 || IsWaitedFor() || restart >= Restarts)
                return code;

            var pause = TimeSpan.FromSeconds(Math.Min(LongestBackOff.TotalSeconds, 0.5 * Math.Pow(2, restart)));
            logs.Write(replica.Id, $"Exited with code {code}; restart {restart + 1} of {Restarts} in {pause.TotalSeconds} s.", isError: true);
            LogRestart(replica.Id, code, pause, restart + 1, Restarts);
            await PublishAsync(s => s with { State = KnownResourceStates.Starting, ExitCode = code }).ConfigureAwait(false);
            await Task.Delay(pause, time, token).ConfigureAwait(false);
        }
    }

    /// <summary>Whoever waits for the completion wants to know the first exit code.</summary>
    private bool IsWaitedFor() =>
        model.Resources.SelectMany(r => r.Annotations.OfType<WaitAnnotation>()).Any(wait => wait.Resource == resource && wait.WaitType == WaitType.WaitForCompletion);

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private async Task StoppedAsync()
    {
        if (notifications.TryGetCurrentState(replica.Id, out var last))
            await eventing.PublishAsync(new ResourceStoppedEvent(resource, services, last), CancellationToken.None).ConfigureAwait(false);
    }

    private async Task FailAsync(Exception e)
    {
        logs.Write(replica.Id, e.Message, isError: true);
        LogFailed(replica.Id, e.Message);
        await PublishAsync(s => s with { State = new(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error), StopTimeStamp = Now }).ConfigureAwait(false);
    }

    private Task PublishAsync(Func<CustomResourceSnapshot, CustomResourceSnapshot> change) => notifications.PublishUpdateAsync(resource, replica.Id, change);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Resource} failed: {Reason}")]
    private partial void LogFailed(string resource, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Resource} did not end within {Seconds} s and was killed")]
    private partial void LogKilled(string resource, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Resource} exited with code {Code}; restart {Number} of {Most} in {Pause}")]
    private partial void LogRestart(string resource, int code, TimeSpan pause, int number, int most);
}
