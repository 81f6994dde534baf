using AgentSystem.Protocol;
using AgentSystem.WebConsole.Tasks;

namespace AgentSystem.Tests.WebConsole.Tasks;

public sealed class NewTaskTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 19, 28, 39, TimeSpan.Zero);

    [Fact]
    public void What_is_filled_in_is_handed_in()
    {
        var (submission, error) = new NewTask { Path = " /tmp/a.md ", Type = "summarize", Priority = "high", Worker = "marie", MaxAttempts = "5", DeadlineMinutes = "10" }.ToSubmission(Now);

        Assert.Null(error);
        Assert.Equal(("summarize", TaskPriority.High, "marie", 5, Now.AddMinutes(10)), (submission!.Type, submission.Priority, submission.Worker, submission.MaxAttempts, submission.Deadline));
        Assert.Equal("""{"path":"/tmp/a.md"}""", submission.Payload!.Value.GetRawText());
    }

    [Fact]
    public void A_text_is_a_document_too()
    {
        var (submission, _) = new NewTask { IsFile = false, Text = "Once upon a time", Path = "/unused" }.ToSubmission(Now);

        Assert.Equal("""{"text":"Once upon a time"}""", submission!.Payload!.Value.GetRawText());
        Assert.Equal((TaskPriority.Normal, null, null, null), (submission.Priority, submission.Worker, submission.MaxAttempts, submission.Deadline));
    }

    public static TheoryData<NewTask, string> Mistakes => new()
    {
        { new() { Path = "report.md" }, "absolute path" },
        { new() { IsFile = false, Text = "  " }, "Give the text" },
        { new() { Path = "/a", MaxAttempts = "0" }, "from 1 to 100" },
        { new() { Path = "/a", MaxAttempts = "three" }, "from 1 to 100" },
        { new() { Path = "/a", DeadlineMinutes = "-5" }, "whole number of minutes" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_told_with_what_to_do(NewTask task, string error)
    {
        var (submission, told) = task.ToSubmission(Now);

        Assert.Null(submission);
        Assert.Contains(error, told, StringComparison.Ordinal);
    }
}
