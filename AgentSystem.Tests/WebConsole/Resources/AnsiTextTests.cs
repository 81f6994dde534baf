using AgentSystem.WebConsole.Resources;
using CsCheck;

namespace AgentSystem.Tests.WebConsole.Resources;

public sealed class AnsiTextTests
{
    [Theory]
    [InlineData("plain", "plain:")]
    [InlineData("", "")]
    [InlineData("\e[40m\e[32minfo\e[39m\e[22m\e[49m: hello", "info:ansi-green|: hello:")]
    [InlineData("\e[41m\e[30mfail\e[0m!", "fail:ansi-red|!:")]
    [InlineData("\e[1;31mbold\e[m plain", "bold:ansi-red ansi-bold| plain:")]
    [InlineData("\e[38;5;2mnamed\e[38;5;200mother", "named:ansi-green|other:")]
    [InlineData("\e[38;2;1;2;31many\e[4munder", "any:|under:ansi-underline")]
    [InlineData("a\e[2Kb\e]0;title\ac\e]8;;http://x\e\\link\e(Bd\r", "abclinkd:")]
    [InlineData("a\tb", "a\tb:")]
    [InlineData("cut \e[3", "cut :")]
    [InlineData("cut \e", "cut :")]
    [InlineData("cut \e]0;never ends", "cut :")]
    public void Colours_become_classes_and_other_sequences_nothing(string line, string expected) =>
        Assert.Equal(expected, string.Join('|', Merge(AnsiText.Parse(line)).Select(s => $"{s.Text}:{s.Class}")));

    [Fact]
    public void Whatever_comes_no_control_character_gets_through_and_plain_text_stays() =>
        Gen.String[Gen.Char["ab\e[]0;1m8\a\\\t\r✓"], 0, 40].Sample(line =>
        {
            var plain = AnsiText.Plain(line);
            Assert.DoesNotContain(plain, c => char.IsControl(c) && c != '\t');
            if (!line.Any(char.IsControl))
                Assert.Equal(line, plain);
        });

    private static IEnumerable<AnsiSegment> Merge(IEnumerable<AnsiSegment> segments)
    {
        AnsiSegment? last = null;
        foreach (var segment in segments)
        {
            if (last?.Class == segment.Class)
            {
                last = last with { Text = last.Text + segment.Text };
                continue;
            }
            if (last is not null)
                yield return last;
            last = segment;
        }
        if (last is not null)
            yield return last;
    }
}
