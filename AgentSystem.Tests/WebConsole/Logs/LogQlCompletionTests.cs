using AgentSystem.WebConsole.Logs;
using CsCheck;

namespace AgentSystem.Tests.WebConsole.Logs;

public sealed class LogQlCompletionTests
{
    // The bar is where one writes.
    [Theory]
    [InlineData("¦", CompletionKind.Start, "")]
    [InlineData("sum(rat¦", CompletionKind.Start, "rat")]
    [InlineData("{¦", CompletionKind.LabelName, "")]
    [InlineData("{serv¦}", CompletionKind.LabelName, "serv")]
    [InlineData("{a=\"b\", wor¦", CompletionKind.LabelName, "wor")]
    [InlineData("{service_name ¦", CompletionKind.Operator, "")]
    [InlineData("{service_name=¦", CompletionKind.LabelValue, "")]
    [InlineData("{service_name=\"mar¦", CompletionKind.LabelValue, "mar")]
    [InlineData("{a=\"b\"} ¦", CompletionKind.Filter, "")]
    [InlineData("{a=\"b\"} | js¦", CompletionKind.Stage, "js")]
    [InlineData("{a=\"b\"} | json | status=¦", CompletionKind.FieldValue, "")]
    [InlineData("{a=\"b\"} | json | status=\"5¦", CompletionKind.FieldValue, "5")]
    [InlineData("{a=\"b\"} |= \"{wor¦", CompletionKind.None, "")]
    [InlineData("rate({a=\"b\"}[5¦", CompletionKind.Duration, "5")]
    public void What_is_being_written_is_recognised(string text, CompletionKind kind, string prefix)
    {
        var at = text.IndexOf('¦', StringComparison.Ordinal);

        var completion = LogQlCompletion.At(text.Remove(at, 1), at);

        Assert.Equal((kind, prefix), (completion.Kind, completion.Prefix));
    }

    [Theory]
    [InlineData("{serv", "service_name", "{service_name=")]
    [InlineData("{service_name=", "marie", "{service_name=\"marie\"")]
    [InlineData("{service_name=\"ma", "marie", "{service_name=\"marie\"")]
    [InlineData("{a=\"b\"} | log", "x", "{a=\"b\"} | logfmt ")]
    public void The_first_suggestion_continues_what_is_written(string text, string name, string expected) =>
        Assert.Equal(expected, LogQlCompletion.At(text, text.Length).Suggest([name])[0].ApplyTo(text));

    [Fact]
    public void Any_place_of_any_text_can_be_asked_about() => Gen.Select(Gen.String[Gen.Char["{}|=~!\"`\\ ,[]()ab"], 0, 30], Gen.Int[-1, 31]).Sample((text, at) =>
    {
        var completion = LogQlCompletion.At(text, at);

        Assert.InRange(completion.From, 0, completion.To);
        Assert.InRange(completion.To, 0, text.Length);
        Assert.All(completion.Suggest(["one", "\"two\""]), suggestion => Assert.Contains(suggestion.Text, suggestion.ApplyTo(text), StringComparison.Ordinal));
    });
}
