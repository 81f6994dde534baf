using AgentSystem.Orchestrator.Budget;
using AgentSystem.Orchestrator.Configuration;
using AgentSystem.Orchestrator.Journal;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Orchestrator.Api;

/// <summary>The purse that all workers share: ask before a model call, settle after it.</summary>
internal static class BudgetEndpoints
{
    private const double LongestCallSeconds = 3600;
    private const string RetryAfterSeconds = "1";

    internal static void MapBudget(this IEndpointRouteBuilder routes)
    {
        var budget = routes.MapGroup("/budget").WithTags("Budget");
        budget.MapGet("", Show).WithName("ShowBudget").WithSummary("Every ceiling, what is spent and what is held").Produces<BudgetView>();
        budget.MapPost("/calls", ReserveAsync).WithName("ReserveCall").WithSummary("Hold money and a slot for a model call")
            .WithDescription("402 names the ceiling that the call would pass, 429 says that too many calls are under way, 409 that the attempt is not the one that counts.")
            .Accepts<BudgetRequest>("application/json").Produces<BudgetReservation>(StatusCodes.Status201Created).WithProblems(400, 402, 404, 409, 415, 429);
        budget.MapPut("/calls/{id}", SettleAsync).WithName("SettleCall").WithSummary("Say what a model call did cost")
            .Accepts<BudgetSettlement>("application/json").Produces<BudgetSettled>().WithProblems(400, 404, 415);
    }

    private static IResult Show(BudgetLimits limits) => Results.Json(limits.Show(), ApiJson.Default.BudgetView);

    private static async Task<IResult> ReserveAsync(
        HttpContext http, TaskJournal journal, BudgetLimits limits, ModelPrices prices, WorkerCatalog workers, BudgetInstruments instruments)
    {
        var request = await RequestBody.ReadAsync(http.Request, ApiJson.Default.BudgetRequest);
        var call = Check(request, prices, workers);
        var ceilings = limits.For(call.Worker);
        switch (await journal.RunAsync(s => s.Purse.Reserve(call, ceilings)))
        {
            case CallDecision.Granted granted:
                return Results.Json(
                    new BudgetReservation(granted.Id, Money.ToUsd(call.Amount), granted.ExpiresAt), ApiJson.Default.BudgetReservation, statusCode: StatusCodes.Status201Created);
            case CallDecision.TooDear refusal:
                // What only waits for others' calls to be settled is asked for again in a moment, and mostly granted.
                if (refusal.Spent + call.Amount > refusal.Limit)
                    instruments.Refused(refusal.Scope);
                return Refused(call, refusal);
            case CallDecision.Busy:
                http.Response.Headers.RetryAfter = RetryAfterSeconds;
                throw new BadInputException(
                    StatusCodes.Status429TooManyRequests, "Too many model calls are under way.", $"At most {ceilings.Calls} may be; try again after {RetryAfterSeconds} s, or raise Budget:MaxCalls.");
            case CallDecision.NotInHand { Task: null }:
                throw new BadInputException(StatusCodes.Status404NotFound, $"There is no task {call.TaskId}.", "A call is made for a task that was accepted.");
            case CallDecision.NotInHand { Task: { } task }:
                throw new BadInputException(
                    StatusCodes.Status409Conflict, $"Task {task.Id} is {task.State.ToName()}, in attempt {task.Attempt} at {task.Worker}.",
                    $"Attempt {call.Attempt} at {call.Worker} does not count any more: stop it.");
            case var other:
                throw new InvalidOperationException($"{other} is no answer.");
        }
    }

    private static async Task<IResult> SettleAsync(string id, HttpContext http, TaskJournal journal, ModelPrices prices)
    {
        var settlement = await RequestBody.ReadAsync(http.Request, ApiJson.Default.BudgetSettlement);
        var errors = new FieldErrors();
        if (settlement.Usage is { Input: < 0 } or { Output: < 0 } or { CacheRead: < 0 } or { CacheWrite: < 0 })
            errors.At("").Add("usage", "must not be negative");
        if (settlement.CostUsd is < 0)
            errors.At("").Add("cost_usd", "must not be negative");
        errors.ThrowIfAny();
        var settled = await journal.RunAsync(s => s.Purse.Settle(
            id, (model, held) => CostOf(settlement, prices.Of(model), held), settlement.Usage, settlement.Estimated));
        return settled is var (cost, taskCost)
            ? Results.Json(new BudgetSettled(Money.ToUsd(cost), Money.ToUsd(taskCost)), ApiJson.Default.BudgetSettled)
            : throw new BadInputException(StatusCodes.Status404NotFound, "There is no such reservation.", "Its id is in the answer to POST /budget/calls.");
    }

    // What was taken and has no price counts as what was held for it: it can be no more, and nobody knows how much less.
    private static long CostOf(BudgetSettlement settlement, ModelPrice? price, long held) => (settlement, price) switch
    {
        ({ CostUsd: { } usd }, _) => Money.FromUsd(usd),
        (_, not null) => ModelPrices.Cost(price, settlement.Usage),
        _ => settlement.Usage == new TokenUsage(0, 0) ? 0 : held,
    };

    private static CallRequest Check(BudgetRequest request, ModelPrices prices, WorkerCatalog workers)
    {
        var errors = new FieldErrors();
        var at = errors.At("");
        if (!workers.Knows(request.Worker))
            at.Add("worker", $"is not a known worker; known are {string.Join(", ", workers.Names)}");
        if (request.Seconds is not (> 0 and <= LongestCallSeconds))
            at.Add("seconds", $"must be a number above 0 and up to {LongestCallSeconds}");
        if (request.InputTokens is < 0 or > int.MaxValue || request.MaxOutputTokens is < 0 or > int.MaxValue)
            at.Add("input_tokens", "and max_output_tokens must not be negative and not be above 2³¹");
        if (request.AmountUsd is < 0 or > 1_000_000)
            at.Add("amount_usd", "must be an amount from 0 to 1,000,000");
        if (request.AmountUsd is null && (request.InputTokens is null || request.MaxOutputTokens is null))
            at.Add("amount_usd", "is missing; say it, or both input_tokens and max_output_tokens");
        var price = prices.Of(request.Model);
        if (price is null && request.AmountUsd is null)
            at.Add("model", $"has no price, so nobody can say what the call may cost; set Budget__Prices__{request.Model}__InputUsd and …__OutputUsd for the orchestrator, in USD per million tokens");
        errors.ThrowIfAny();
        return new(
            request.TaskId, request.Attempt, request.Worker, request.Model,
            request.AmountUsd is { } usd ? Money.FromUsd(usd) : ModelPrices.AtMost(price!, request.InputTokens!.Value, request.MaxOutputTokens!.Value),
            TimeSpan.FromSeconds(request.Seconds));
    }

    private static IResult Refused(CallRequest call, CallDecision.TooDear refusal)
    {
        var (limit, spent, reserved) = (Money.ToUsd(refusal.Limit), Money.ToUsd(refusal.Spent), Money.ToUsd(refusal.Reserved));
        var (whose, option) = refusal.Scope switch
        {
            PursePeriod.Task => (refusal.Task == call.TaskId ? $"task {refusal.Task}" : $"task {refusal.Task} with all that it hands on", "Budget:TaskUsd"),
            PursePeriod.OfWorker => ($"{call.Worker}'s day", $"Budget:Workers:{call.Worker}"),
            PursePeriod.Day => ("the day", "Budget:DayUsd"),
            _ => ("the month", "Budget:MonthUsd"),
        };
        var detail = FormattableString.Invariant(
            $"The call may cost {Money.ToUsd(call.Amount):0.####} USD. The budget of {whose} is {limit:0.####} USD, of which {spent:0.####} are spent and {reserved:0.####} held for calls under way. Raise {option} if it is worth that.");
        return Results.Problem(
            detail: detail, statusCode: StatusCodes.Status402PaymentRequired, title: $"The budget of {whose} does not allow this call.",
            extensions: new Dictionary<string, object?> { ["scope"] = refusal.Scope, ["limit_usd"] = limit, ["spent_usd"] = spent, ["reserved_usd"] = reserved, ["amount_usd"] = Money.ToUsd(call.Amount) });
    }
}
