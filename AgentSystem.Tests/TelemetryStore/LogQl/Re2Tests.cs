using AgentSystem.TelemetryStore.Logs;
using CsCheck;

namespace AgentSystem.Tests.TelemetryStore.LogQl;

public sealed class Re2Tests
{
    [Theory]
    [InlineData(@"\d+", "١٢", false)]
    [InlineData(@"^\w+$", "é", false)]
    [InlineData(@"[[:alpha:]]{2}", "ab", true)]
    [InlineData(@"[^\D]", "x5", true)]
    [InlineData(@"[\W]", "a_1", false)]
    [InlineData("a$", "a\n", false)]
    [InlineData("(?m)a$", "a\nb", true)]
    [InlineData("a.b", "a\nb", false)]
    [InlineData("(?s)a.b", "a\nb", true)]
    [InlineData("(?i:A)b", "ab", true)]
    [InlineData("(?P<x>a)b", "ab", true)]
    [InlineData(@"\Qa.b\E+", "a.bb", true)]
    [InlineData(@"\x41\x{42}", "AB", true)]
    [InlineData("[a[]", "[", true)]
    [InlineData("a{,2}", "a{,2}", true)]
    [InlineData(@"\pL", "é", true)]
    [InlineData("# x", "a# xb", true)]
    public void An_expression_means_what_RE2_means(string pattern, string text, bool matches) => Assert.Equal(matches, Re2.Compile(pattern).IsMatch(text));

    [Theory]
    [InlineData("a|b", "b", true)]
    [InlineData("a|b", "ab", false)]
    [InlineData("a", "a\n", false)]
    public void A_label_has_to_match_from_end_to_end(string pattern, string text, bool matches) =>
        Assert.Equal(matches, Re2.CompileAnchored(pattern, dotIsAll: true).IsMatch(text));

    [Theory]
    [InlineData("(", "missing closing ): `(`")]
    [InlineData("[a", "missing closing ]: `[a`")]
    [InlineData("*", "missing argument to repetition operator: `*`")]
    [InlineData(@"\q", @"invalid escape sequence: `\q`")]
    [InlineData(@"(a)\1", @"invalid escape sequence: `\1`")]
    [InlineData("(?=a)", "invalid or unsupported Perl syntax: `(?=`")]
    [InlineData("(?>a)", "invalid or unsupported Perl syntax: `(?>`")]
    [InlineData("(?<!a)", "invalid or unsupported Perl syntax: `(?<`")]
    [InlineData("a{1001}", "invalid repeat count: `{1001}`")]
    public void What_RE2_does_not_know_is_refused(string pattern, string error) =>
        Assert.Equal("error parsing regexp: " + error, Assert.Throws<Re2Exception>(() => Re2.Compile(pattern)).Message);

    [Theory]
    [InlineData("^[=^1[:]$", "[", true)]
    [InlineData("^[=^1[:]$", ":", true)]
    [InlineData("^[[:]$", "a", false)]
    [InlineData("^[[:a]$", "a", true)]
    public void A_bracket_and_a_colon_that_begin_no_class_stand_for_themselves(string pattern, string text, bool matches) =>
        Assert.Equal(matches, Re2.Compile(pattern).IsMatch(text));

    [Fact]
    public void Any_text_is_an_expression_or_an_error() => Gen.OneOf(Gen.String[0, 12], Gen.Char[@"()[]{}\^$.|?*+ab1:<P=-dQE,"].Array[0, 12].Select(c => new string(c))).Sample(
        pattern =>
        {
            try
            {
                Re2.Compile(pattern).IsMatch("ab1");
            }
            catch (Re2Exception)
            {
                // That is the other possibility.
            }
        },
        iter: 5000);
}
