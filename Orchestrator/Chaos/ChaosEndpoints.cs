using System.Text.Json;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Orchestrator.Chaos;

/// <summary>Inject faults, keep them up, end them, and see which there are and were.</summary>
internal static class ChaosEndpoints
{
    private const int MaxBody = 16 * 1024;

    /// <summary>Maps <c>/chaos</c>. Like every endpoint it needs the API key.</summary>
    internal static void MapChaos(this IEndpointRouteBuilder routes)
    {
        var chaos = routes.MapGroup("/chaos").WithTags("Chaos").AddEndpointFilter(AnswerRefusalsAsync);
        chaos.MapGet("", List).WithName("ListFaults").WithSummary("Faults that are injected now; with all=true also those that were")
            .Produces<FaultList>();
        chaos.MapPost("", StartAsync).WithName("InjectFault").WithSummary("Inject a fault, where that is enabled")
            .Accepts<FaultRequest>("application/json").Produces<InjectedFault>(StatusCodes.Status201Created)
            .ProducesProblem(400).ProducesProblem(403).ProducesProblem(409).ProducesProblem(422);
        chaos.MapPost("/{id}/renew", Renew).WithName("RenewFault").WithSummary("Keep a fault up that was injected with a lease")
            .Produces<InjectedFault>().ProducesProblem(403).ProducesProblem(404);
        chaos.MapDelete("/{id}", Stop).WithName("EndFault").WithSummary("End a fault; what is over stays as it is")
            .Produces<InjectedFault>().ProducesProblem(403).ProducesProblem(404);
    }

    private static IResult List(FaultHub hub, bool all = false) =>
        Results.Json(new FaultList(hub.IsEnabled, hub.List(all)), ApiJson.Default.FaultList);

    private static async Task<IResult> StartAsync(HttpRequest request, FaultHub hub, FaultPlanner planner)
    {
        planner.NeedEnabled();
        var plan = planner.Read(await ReadAsync(request));
        return Results.Json(hub.Start(plan), ApiJson.Default.InjectedFault, statusCode: StatusCodes.Status201Created);
    }

    private static IResult Renew(string id, FaultHub hub, FaultPlanner planner)
    {
        planner.NeedEnabled();
        return Results.Json(hub.Renew(id) ?? throw Unknown(id), ApiJson.Default.InjectedFault);
    }

    private static IResult Stop(string id, FaultHub hub, FaultPlanner planner, string? by = null)
    {
        planner.NeedEnabled();
        return Results.Json(hub.Stop(id, FaultPlanner.By(by)) ?? throw Unknown(id), ApiJson.Default.InjectedFault);
    }

    private static async Task<FaultRequest> ReadAsync(HttpRequest request)
    {
        try
        {
            var body = new byte[MaxBody];
            var length = await request.Body.ReadAtLeastAsync(body, MaxBody, throwOnEndOfStream: false, request.HttpContext.RequestAborted);
            return JsonSerializer.Deserialize(body.AsSpan(0, length), ApiJson.Default.FaultRequest) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new FaultRefusedException(StatusCodes.Status400BadRequest, "The body is no fault.", $"Send {{\"fault\": \"slow-agent\"}}: {e.Message}");
        }
    }

    private static FaultRefusedException Unknown(string id) =>
        new(StatusCodes.Status404NotFound, "There is no such fault.", $"{id} is none that is there now; GET /chaos lists them.");

    private static async ValueTask<object?> AnswerRefusalsAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (FaultRefusedException e)
        {
            return Results.Problem(detail: e.Detail, statusCode: e.Status, title: e.Message);
        }
    }
}
