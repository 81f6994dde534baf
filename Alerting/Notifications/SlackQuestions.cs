using System.Text.Json.Nodes;
using AgentSystem.Protocol.Api;
using static AgentSystem.Alerting.Notifications.SlackBlocks;

namespace AgentSystem.Alerting.Notifications;

/// <summary>A question's one message for Slack, in Block Kit, which is edited when there is an answer.</summary>
internal static class SlackQuestions
{
    /// <summary>The message without its channel, as <c>chat.postMessage</c> and <c>chat.update</c> take it.</summary>
    /// <param name="question">The question.</param>
    /// <param name="subject">By which the message is found again.</param>
    /// <param name="console">The console's address; empty when there is none to lead to.</param>
    internal static JsonObject Render(Question question, string subject, string console)
    {
        var (sign, state) = question.State switch
        {
            "open" => (":question:", $"waits until {Moment(question.Deadline)}"),
            "answered" => (":white_check_mark:", $"answered by {Escape(question.AnsweredBy ?? "")}"),
            var over => (":heavy_minus_sign:", over),
        };
        var blocks = new JsonArray
        {
            new JsonObject { ["type"] = "header", ["text"] = Plain(Texts.Cut($"{sign} {question.Worker} asks", MaxHeader)) },
            Section(Escape(Texts.Cut(question.Text, MaxSection / 2))),
        };
        if (question.Answer is { } answer)
            blocks.Add(Section($"*Answer:* {Escape(Texts.Cut(answer, MaxSection / 2))}"));
        else if (question.Choices is { } choices)
            blocks.Add(Section($"*One of:* {string.Join(", ", choices.Select(Escape))}"));
        blocks.Add(new JsonObject { ["type"] = "section", ["fields"] = new JsonArray(Field("State", state), Field("Task", question.TaskId)) });
        if (question.State == "open")
            blocks.Add(Section($"`agentctl answer {question.Id} \"…\"`"));
        if (console.Length > 0)
            blocks.Add(Button("Open", $"{console.TrimEnd('/')}/tasks/{question.TaskId}"));
        return Message($"{question.Worker} asks: {question.Text}", blocks, subject);
    }
}
