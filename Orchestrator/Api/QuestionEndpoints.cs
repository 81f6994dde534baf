using System.Globalization;
using AgentSystem.Orchestrator.Configuration;
using AgentSystem.Orchestrator.Journal;
using AgentSystem.Protocol.Api;
using Microsoft.Extensions.Options;

namespace AgentSystem.Orchestrator.Api;

/// <summary>What agents ask people.</summary>
internal static class QuestionEndpoints
{
    private const int MaxTextLength = 4_000, MaxAnswerLength = 10_000, MaxChoices = 10, MaxChoiceLength = 75, MaxListed = 200;

    internal static void MapQuestions(this IEndpointRouteBuilder routes)
    {
        var questions = routes.MapGroup("").WithTags("Questions");
        questions.MapPost("/tasks/{id}/questions", AskAsync).WithName("AskQuestion").WithSummary("Ask a person, for a task")
            .WithDescription("Asking the same again gives the question that is there, with its answer.")
            .Accepts<QuestionRequest>("application/json").Produces<Question>(StatusCodes.Status201Created).Produces<Question>().WithProblems(400, 404, 409, 415);
        questions.MapGet("/questions", List).WithName("ListQuestions").WithSummary("Questions, newest first").WithQuery("state", "task_id", "limit")
            .WithDescription($"Query: state ({string.Join(", ", QuestionStates.All)}), task_id, limit (1 to {MaxListed}).")
            .Produces<QuestionList>().WithProblems(400);
        questions.MapGet("/questions/{id}", ShowAsync).WithName("GetQuestion").WithSummary("A question; with ?wait=30 as soon as it is no longer open").WithQuery(LongPoll.Parameter)
            .Produces<Question>().WithProblems(400, 404);
        questions.MapPost("/questions/{id}/answer", AnswerAsync).WithName("AnswerQuestion").WithSummary("Answer a question")
            .Accepts<QuestionAnswer>("application/json").Produces<Question>().WithProblems(400, 404, 409, 415);
    }

    private static async Task<IResult> AskAsync(string id, HttpContext http, TaskJournal journal, IOptions<OrchestratorOptions> options, TimeProvider time)
    {
        var request = await RequestBody.ReadAsync(http.Request, ApiJson.Default.QuestionRequest);
        var now = time.GetUtcNow();
        var errors = new FieldErrors();
        var at = errors.At("");
        if (string.IsNullOrWhiteSpace(request.Text) || request.Text.Length > MaxTextLength)
            at.Add("text", $"must have 1 to {MaxTextLength:N0} characters");
        if (request.Choices is { } choices && (choices.Count is < 2 or > MaxChoices || choices.Distinct().Count() < choices.Count || choices.Any(c => c.Length is 0 or > MaxChoiceLength)))
            at.Add("choices", $"must be 2 to {MaxChoices} different answers of 1 to {MaxChoiceLength} characters; leave them out for any answer");
        if (request.Deadline <= now)
            at.Add("deadline", $"lies in the past (it is {now:O} now)");
        errors.ThrowIfAny();
        var asked = await journal.RunAsync(s => s.Ask(id, request.Text, request.Choices, request.Deadline ?? now + options.Value.AnswerWithin));
        if (asked is var (question, isNew))
            return Results.Json(
                question with { State = QuestionStates.Of(question, now) }, ApiJson.Default.Question,
                statusCode: isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
        throw journal.Queries.Find(id) is { } task
            ? new BadInputException(StatusCodes.Status409Conflict, $"Task {id} is {task.State.ToName()}.", "What is settled has no more questions.")
            : new BadInputException(StatusCodes.Status404NotFound, $"There is no task {id}.", "A question belongs to a task.");
    }

    private static IResult List(HttpContext http, TaskJournal journal, TimeProvider time)
    {
        var query = http.Request.Query;
        var errors = new FieldErrors();
        var state = query["state"].ToString() is { Length: > 0 } named ? named : null;
        if (state is not null && !QuestionStates.All.Contains(state))
            errors.At("").Add("state", $"must be one of {string.Join(", ", QuestionStates.All)}");
        var limit = MaxListed;
        if (query["limit"].ToString() is { Length: > 0 } text
            && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= MaxListed))
            errors.At("").Add("limit", $"must be a whole number from 1 to {MaxListed}");
        errors.ThrowIfAny();
        var task = query["task_id"].ToString() is { Length: > 0 } id ? id : null;
        return Results.Json(new QuestionList(journal.Queries.Questions(state, task, time.GetUtcNow(), limit)), ApiJson.Default.QuestionList);
    }

    private static async Task<IResult> ShowAsync(string id, HttpContext http, TaskJournal journal, LongPoll poll, TimeProvider time)
    {
        var deadline = Find(journal, id, time).Deadline;
        // A little later than the deadline, so that it has passed when it is looked at.
        var question = await poll.WaitAsync(http, () => Find(journal, id, time), q => q.State != QuestionStates.Open, deadline + TimeSpan.FromMilliseconds(1));
        return Results.Json(question, ApiJson.Default.Question);
    }

    private static async Task<IResult> AnswerAsync(string id, HttpContext http, TaskJournal journal, TimeProvider time)
    {
        var answer = await RequestBody.ReadAsync(http.Request, ApiJson.Default.QuestionAnswer);
        var question = Find(journal, id, time);
        var errors = new FieldErrors();
        var at = errors.At("");
        if (string.IsNullOrWhiteSpace(answer.Text) || answer.Text.Length > MaxAnswerLength)
            at.Add("text", $"must have 1 to {MaxAnswerLength:N0} characters");
        else if (question.Choices is { } choices && !choices.Contains(answer.Text))
            at.Add("text", $"must be one of {string.Join(", ", choices.Select(c => $"\"{c}\""))}");
        if (string.IsNullOrWhiteSpace(answer.By) || answer.By.Length > 100)
            at.Add("by", "must say who answers, in 1 to 100 characters");
        errors.ThrowIfAny();
        if (await journal.RunAsync(s => s.Answer(id, answer.Text, answer.By)) is not var (answered, isOurs))
            throw NoSuch(id);
        if (isOurs)
            return Results.Json(answered, ApiJson.Default.Question);
        var now = Find(journal, id, time);
        throw new BadInputException(
            StatusCodes.Status409Conflict, $"The question is {now.State}.",
            now.State == QuestionStates.Answered ? $"{now.AnsweredBy} answered \"{now.Answer}\" at {now.AnsweredAt:O}." : "Nobody waits for the answer any more.");
    }

    private static Question Find(TaskJournal journal, string id, TimeProvider time) => journal.Queries.Question(id, time.GetUtcNow()) ?? throw NoSuch(id);

    private static BadInputException NoSuch(string id) => new(StatusCodes.Status404NotFound, $"There is no question {id}.", "GET /questions lists those that there are.");
}
