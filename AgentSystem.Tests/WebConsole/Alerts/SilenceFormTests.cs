using AgentSystem.WebConsole.Alerts;
using CsCheck;

namespace AgentSystem.Tests.WebConsole.Alerts;

public sealed class SilenceFormTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_whole_form_is_a_silence_from_now_on()
    {
        var form = new SilenceForm { Matchers = "alertname=\"Down\"\nworker=~\"m.*\"", Duration = TimeSpan.FromHours(1), Author = " me ", Comment = "deploy" };

        var silence = form.Make(Now)!;

        Assert.Equal((Now, Now.AddHours(1), "me", "deploy"), (silence.StartsAt, silence.EndsAt, silence.CreatedBy, silence.Comment));
        Assert.Equal([new("alertname", "Down", IsRegex: false), new("worker", "m.*", IsRegex: true)], silence.Matchers);
    }

    [Theory]
    [InlineData("", "me", "why", "Name at least one label")]
    [InlineData("alertname", "me", "why", "no matcher")]
    [InlineData("alertname=\"x", "me", "why", "no matcher")]
    [InlineData("9name=\"x\"", "me", "why", "no matcher")]
    [InlineData("a=~\"(\"", "me", "why", "no regular expression")]
    [InlineData("a=~\".*\"", "me", "why", "everything would be silent")]
    [InlineData("a!=\"x\"", "me", "why", "everything would be silent")]
    [InlineData("a=\"x\"", " ", "why", "who silences")]
    [InlineData("a=\"x\"", "me", "", "Say why")]
    public void What_is_missing_is_said(string matchers, string author, string comment, string says)
    {
        var form = new SilenceForm { Matchers = matchers, Author = author, Comment = comment };

        Assert.Contains(says, form.Error, StringComparison.Ordinal);
        Assert.Null(form.Make(Now));
    }

    [Theory]
    [InlineData("a=x", true)]
    [InlineData("{a=\"x\", b!=\"y\"}", true)]
    [InlineData("a!=\"x\"", false)]
    [InlineData("a=~\"x|y\"", true)]
    [InlineData("a=~\"x.\"", false)]
    [InlineData("a!~\"y.*\"", true)]
    [InlineData("nothing=\"\"", true)]
    public void A_matcher_matches_as_Alertmanagers_do(string matchers, bool matches) =>
        Assert.Equal(matches, Matcher.AllMatch(Matcher.ParseAll(matchers), new Dictionary<string, string> { ["a"] = "x", ["b"] = "z" }));

    [Fact]
    public void What_is_written_is_read_again() =>
        Gen.Select(Gen.String[Gen.Char["ab\"\\\n,={}~ "], 0, 12], Gen.Bool).Sample((value, isEqual) =>
            Assert.Equal([new Matcher("name", value, IsRegex: false, isEqual)], Matcher.ParseAll(new Matcher("name", value, IsRegex: false, isEqual).ToString())));
}
