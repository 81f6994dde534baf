using AgentSystem.Orchestrator.Configuration;
using AgentSystem.Orchestrator.Journal;
using AgentSystem.Orchestrator.Presence;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Orchestrator.Api;

/// <summary>Who does the work, and where Prometheus finds them.</summary>
internal static class WorkerEndpoints
{
    internal static void MapWorkers(this IEndpointRouteBuilder routes)
    {
        var workers = routes.MapGroup("/workers").WithTags("Workers");
        workers.MapGet("", List).WithName("ListWorkers").WithSummary("Every worker with its processes and its queue").Produces<IReadOnlyList<WorkerView>>();
        workers.MapGet("/targets", Targets).WithName("ListScrapeTargets").WithSummary("The living processes, for Prometheus's HTTP service discovery")
            .Produces<IReadOnlyList<ScrapeTarget>>();
    }

    private static IResult List(WorkerCatalog workers, WorkerPresence presence, TaskJournal journal)
    {
        IReadOnlyList<WorkerView> views = [.. workers.Names.Select(name => new WorkerView(
            name,
            presence.IsAlive(name),
            presence.Instances(name),
            journal.Counts.Of(name, TaskState.Pending, TaskState.Retrying),
            journal.Counts.Of(name, TaskState.Ready),
            journal.Counts.Of(name, TaskState.Active)))];
        return Results.Json(views, ApiJson.Default.IReadOnlyListWorkerView);
    }

    private static IResult Targets(WorkerCatalog workers, WorkerPresence presence)
    {
        IReadOnlyList<ScrapeTarget> targets = [.. workers.Names.SelectMany(presence.Instances)
            .Where(beat => Uri.TryCreate(beat.Address, UriKind.Absolute, out _))
            .Select(beat => new ScrapeTarget(
                [new Uri(beat.Address!).Authority],
                new Dictionary<string, string> { ["worker"] = beat.Worker, ["instance"] = beat.Instance }))];
        return Results.Json(targets, JsonContext.Default.IReadOnlyListScrapeTarget);
    }
}
