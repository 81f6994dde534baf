using System.Net;
using System.Net.Http.Json;
using AgentSystem.Protocol.Api;
using AgentSystem.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace AgentSystem.Tests.Orchestrator;

public sealed class QuestionTests
{
    [Fact]
    public async Task A_question_is_asked_once_and_whoever_waits_hears_the_answer()
    {
        using var app = new OrchestratorApp();
        var task = await app.SubmitAsync();
        var question = await AskAsync(app, task, """{"text":"Which colour?","choices":["red","blue"]}""", HttpStatusCode.Created);
        Assert.Equal(("open", task.Worker, task.Id), (question.State, question.Worker, question.TaskId));
        var waiting = ShowAsync(app, question.Id, "?wait=60");

        var wrong = await app.PostAsync($"/questions/{question.Id}/answer", """{"text":"green","by":"kai"}""");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await app.PostAsync($"/questions/{question.Id}/answer", """{"text":"red","by":" "}""")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await app.PostAsync($"/questions/{question.Id}/answer", """{"text":"red","by":"kai"}""")).StatusCode);

        var answered = await waiting;
        Assert.Equal(("answered", "red", "kai"), (answered.State, answered.Answer, answered.AnsweredBy));
        var late = await app.PostAsync($"/questions/{question.Id}/answer", """{"text":"blue","by":"ada"}""");
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        Assert.Contains("kai answered", await late.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        // The next attempt asks the same and has its answer.
        Assert.Equal("red", (await AskAsync(app, task, """{"text":"Which colour?","choices":["red","blue"]}""", HttpStatusCode.OK)).Answer);
        Assert.Equal(["question", "answer"], (await EventsAsync(app, task.Id)).Where(e => e is "question" or "answer"));
    }

    [Fact]
    public async Task A_question_without_an_answer_is_over_at_its_deadline_or_with_its_task()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var app = new OrchestratorApp(time, settings: ("Orchestrator:TickInterval", "00:00:01"));
        var task = await app.SubmitAsync();
        var soon = await AskAsync(app, task, $$"""{"text":"Now?","deadline":"{{time.GetUtcNow().AddSeconds(30):O}}"}""", HttpStatusCode.Created);
        var later = await AskAsync(app, task, """{"text":"Later?"}""", HttpStatusCode.Created);
        Assert.Equal(TimeSpan.FromHours(1), later.Deadline - later.AskedAt);
        Assert.Equal(2, (await ListAsync(app, "?state=open")).Count);
        var waiting = ShowAsync(app, soon.Id, "?wait=60");
        // The wait has to have begun before the clock is moved; it shows in nothing but the clock, which may be moved again.
        await Eventually.True(() => { time.Advance(TimeSpan.FromSeconds(31)); return waiting.IsCompleted; });
        Assert.Equal("expired", (await waiting).State);
        await app.PostAsync($"/tasks/{task.Id}/cancel", "");
        Assert.Matches("withdrawn|expired", (await ShowAsync(app, later.Id)).State);
        Assert.Equal(HttpStatusCode.Conflict, (await app.PostAsync($"/questions/{soon.Id}/answer", """{"text":"yes","by":"kai"}""")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await app.PostAsync($"/questions/{later.Id}/answer", """{"text":"yes","by":"kai"}""")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await app.PostAsync($"/tasks/{task.Id}/questions", """{"text":"Still?"}""")).StatusCode);
        Assert.Empty(await ListAsync(app, "?state=open"));
        Assert.Equal(2, (await ListAsync(app, $"?task_id={task.Id}")).Count);
    }

    [Theory]
    [InlineData("""{"text":" "}""")]
    [InlineData("""{"text":"?","choices":["one"]}""")]
    [InlineData("""{"text":"?","choices":["one","one"]}""")]
    [InlineData("""{"text":"?","deadline":"2020-01-01T00:00:00Z"}""")]
    [InlineData("""{"choices":["one","two"]}""")]
    public async Task A_question_that_nobody_can_answer_is_refused(string json)
    {
        using var app = new OrchestratorApp();
        var task = await app.SubmitAsync();
        Assert.Equal(HttpStatusCode.BadRequest, (await app.PostAsync($"/tasks/{task.Id}/questions", json)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.PostAsync("/tasks/none/questions", """{"text":"?"}""")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync("/questions/none")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await app.Http.GetAsync("/questions?state=odd")).StatusCode);
        Assert.Empty(await ListAsync(app, ""));
    }

    private static async Task<Question> AskAsync(OrchestratorApp app, TaskView task, string json, HttpStatusCode status)
    {
        var answer = await app.PostAsync($"/tasks/{task.Id}/questions", json);
        Assert.True(answer.StatusCode == status, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync(ApiJson.Default.Question))!;
    }

    private static async Task<Question> ShowAsync(OrchestratorApp app, string id, string query = "") =>
        (await app.Http.GetFromJsonAsync($"/questions/{id}{query}", ApiJson.Default.Question))!;

    private static async Task<IReadOnlyList<Question>> ListAsync(OrchestratorApp app, string query) =>
        (await app.Http.GetFromJsonAsync($"/questions{query}", ApiJson.Default.QuestionList))!.Questions;

    private static Task<IReadOnlyList<string>> EventsAsync(OrchestratorApp app, string id) => Task.FromResult<IReadOnlyList<string>>(
        [.. app.Get<AgentSystem.Orchestrator.Journal.TaskJournal>().Queries.EventsAfter(0, id, 1000).Select(e => e.Event)]);
}
