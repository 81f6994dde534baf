using System.CommandLine;
using AgentSystem.Cli.Terminal;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Cli.Commands;

/// <summary><c>agentctl questions</c> and <c>agentctl answer</c>: what agents ask people.</summary>
internal static class QuestionsCommand
{
    private static readonly string[] States = ["open", "answered", "expired", "withdrawn"];

    public static Command Build(CliHost host, GlobalOptions globals)
    {
        var state = new Option<string>("--state") { Description = "Only questions in this state.", HelpName = "state", DefaultValueFactory = _ => "open" };
        state.AcceptOnlyFromAmong(States);
        var command = new Command("questions", "Lists what agents ask people and wait for, newest first.") { state };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var output = globals.OpenOutput(host, parsed);
            using var api = globals.Connect(host, parsed);
            var questions = await api.GetQuestionsAsync(parsed.GetRequiredValue(state), cancellationToken);
            if (output.Json)
                output.Document(questions, json => json.QuestionList);
            else if (questions.Questions.Count == 0)
                output.Note("No questions.");
            else
                Write(output, questions.Questions, host.Time);
            return ExitCode.Ok;
        });
        return command;
    }

    public static Command BuildAnswer(CliHost host, GlobalOptions globals)
    {
        var id = new Argument<string>("id") { Description = "The question; 'agentctl questions' lists them." };
        // What cannot be an id never becomes part of an address.
        id.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => !TaskId.IsValid(token.Value)))
                result.AddError($"'{token.Value}' is no question's id; 'agentctl questions' lists them.");
        });
        var text = new Argument<string>("text") { Description = "The answer." };
        var by = new Option<string?>("--by") { Description = "Who answers; else $USER.", HelpName = "name" };
        var command = new Command("answer", "Answers what an agent asks; its task goes on at once.") { id, text, by };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var output = globals.OpenOutput(host, parsed);
            using var api = globals.Connect(host, parsed);
            var who = parsed.GetValue(by) ?? host.Variable("USER") ?? "";
            var question = await api.AnswerAsync(parsed.GetRequiredValue(id), new(parsed.GetRequiredValue(text), who), cancellationToken);
            if (output.Json)
                output.Document(question, json => json.Question);
            else
                output.Note($"Answered; task {question.TaskId} of {question.Worker} goes on.");
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Write(Output output, IReadOnlyList<Question> questions, TimeProvider time)
    {
        foreach (var question in questions)
        {
            output.Line($"{question.Id}  {question.State}  {question.Worker}, task {question.TaskId}, asked {Format.Duration(time.GetUtcNow() - question.AskedAt)} ago");
            output.Line($"  {Format.Printable(question.Text)}");
            if (question.Choices is { } choices)
                output.Line($"  one of: {string.Join(", ", choices.Select(Format.Printable))}");
            if (question.Answer is { } answer)
                output.Line($"  {Format.Printable(question.AnsweredBy)} answered: {Format.Printable(answer)}");
            else if (question.Deadline > time.GetUtcNow())
                output.Line($"  within {Format.Duration(question.Deadline - time.GetUtcNow())}: agentctl answer {question.Id} \"…\"");
        }
    }
}
