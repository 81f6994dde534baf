using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AgentSystem.AppHost.Running;

/// <summary>How a run presents itself: settings <c>Run:StarterTasks</c> and <c>Run:Once</c>.</summary>
internal sealed record RunOptions(bool StarterTasks, bool Once)
{
    /// <summary>How long a run that ends by itself may take.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(80);
}

/// <summary>
/// Tells the person at the terminal how the start goes, gives the system its first work when asked to, and ends with a table of addresses, or
/// with a summary and an exit code when it is to run once.
/// </summary>
internal sealed class RunReport(
    ResourceBoard board, RunOptions options, Storage storage, IHostApplicationLifetime lifetime, OrchestratorApi api,
    LoginLink console, IReadOnlyList<string> workers) : BackgroundService
{
    private readonly long _started = Stopwatch.GetTimestamp();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        if (options.Once)
            limit.CancelAfter(RunOptions.Limit);
        await using var stopping = lifetime.ApplicationStopping.Register(() => Say("stopping"));
        var following = board.FollowAsync((resource, state) => Say($"{resource}: {state}"), stoppingToken);
        try
        {
            await RunAsync(limit.Token);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
        catch (OperationCanceledException)
        {
            await FailAsync($"not finished within {RunOptions.Limit.TotalSeconds:0} s", board.Complaints());
        }
        catch (Exception e) when (e is HttpRequestException or DistributedApplicationException)
        {
            await FailAsync(e.Message, board.Complaints());
        }

        if (options.Once)
            lifetime.StopApplication();
        else
            await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        await board.AllHealthy.WaitAsync(cancellationToken);
        Say("every resource is healthy");

        IReadOnlyList<TaskSummary> tasks = [];
        if (options.StarterTasks)
            tasks = await RunStarterTasksAsync(cancellationToken);

        Table.Print(["resource", "state", "address"], board.Rows.Select(row => new[] { row.Name, row.State, row.Address }));
        if (options.Once)
            await ConcludeAsync(tasks);
        else
            await InviteAsync(cancellationToken);
    }

    private async Task InviteAsync(CancellationToken cancellationToken)
    {
        Console.WriteLine();
        foreach (var line in await InvitationAsync(console, api.LoginLink, cancellationToken))
            Console.WriteLine(line);
        Console.WriteLine($"Running, with its data in {storage.Root}. Ctrl-C stops everything.");
    }

    /// <summary>Where to look at what runs.</summary>
    internal static async Task<IReadOnlyList<string>> InvitationAsync(LoginLink console, LoginLink api, CancellationToken cancellationToken) =>
    [
        $"Look at it in a browser: {await console.GetAsync(cancellationToken)}",
        $"Try the API in one:      {await api.GetAsync(cancellationToken)}",
    ];

    private async Task<IReadOnlyList<TaskSummary>> RunStarterTasksAsync(CancellationToken cancellationToken)
    {
        using var orchestrator = await api.ConnectAsync(cancellationToken);
        var starters = new StarterTasks(orchestrator, storage.Repository);
        var tasks = await starters.SubmitAsync(workers, cancellationToken);
        Say($"{tasks.Count} starter tasks submitted: documents of this repository");

        var settled = 0;
        tasks = await starters.WaitUntilSettledAsync(
            tasks, task => Say($"{++settled}/{tasks.Count} {task.State}: {task.Type} by {task.Worker}"), cancellationToken);
        Table.Print(
            ["task", "type", "worker", "state", "seconds", "trace"],
            tasks.Select(task => new[] { task.Id, task.Type, task.Worker, task.State, Seconds(task.FinishedAt - task.CreatedAt), task.CorrelationId ?? "" }));
        return tasks;
    }

    private async Task ConcludeAsync(IReadOnlyList<TaskSummary> tasks)
    {
        var failed = tasks.Where(task => task.State != "completed").Select(task => $"task {task.Id}: {task.State}").ToArray();
        if (failed.Length > 0 || board.Complaints().Any())
            await FailAsync("not everything went well", failed.Concat(board.Complaints()));
        else
            Say($"{tasks.Count} tasks completed, {board.Rows.Count} resources healthy");
    }

    private async Task FailAsync(string reason, IEnumerable<string> details)
    {
        Environment.ExitCode = 1;
        Console.Error.WriteLine($"FAILED: {reason}");
        foreach (var detail in details)
            Console.Error.WriteLine($"  {detail}");
        await foreach (var line in board.LastWordsAsync())
            Console.Error.WriteLine($"  {line}");
    }

    private void Say(string what) => Console.WriteLine($"[{Seconds(Stopwatch.GetElapsedTime(_started)),5} s] {what}");

    private static string Seconds(TimeSpan? duration) => duration?.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) ?? "";
}

internal static class RunReportExtensions
{
    /// <summary>Adds the report to a model that runs; a model that is published has nothing to report.</summary>
    public static void AddRunReport(
        this IDistributedApplicationBuilder builder, IResourceBuilder<ProjectResource> orchestrator, IResourceBuilder<ParameterResource> apiKey,
        IResourceBuilder<ProjectResource> console, IResourceBuilder<ParameterResource> consoleToken, IReadOnlyList<IResourceBuilder<ProjectResource>> workers)
    {
        if (builder.ExecutionContext.IsPublishMode)
            return;

        var options = new RunOptions(builder.Configuration.GetValue<bool>("Run:StarterTasks"), builder.Configuration.GetValue<bool>("Run:Once"));
        builder.Services.AddSingleton<ResourceBoard>();
        builder.Services.AddHostedService(services => new RunReport(
            services.GetRequiredService<ResourceBoard>(), options, services.GetRequiredService<Storage>(),
            services.GetRequiredService<IHostApplicationLifetime>(), new OrchestratorApi(orchestrator.GetEndpoint("http"), apiKey.Resource),
            new LoginLink(console.GetEndpoint("http"), consoleToken.Resource), [.. workers.Select(worker => worker.Resource.Name)]));
    }
}
