using AgentSystem.TelemetryStore.LogQl.Syntax;
using CsCheck;

namespace AgentSystem.Tests.TelemetryStore.LogQl;

public sealed class ParserTests
{
    [Theory]
    [InlineData("""{app="x"}""", """{app="x"}""")]
    [InlineData("""{ app = "x" , b=~"y.*" } |="a" or "b" !~ `\d+`""", """{app="x", b=~"y.*"} |= "a" or "b" !~ "\\d+" """)]
    [InlineData("""{a="b"} | json | x="1" or y>2 and z<=5ms""", """{a="b"} | json | ( x="1" or ( y>2 , z<=5ms ) )""")]
    [InlineData("""{a="b"} | x="1" , y="2" or z="3" """, """{a="b"} | ( x="1" , ( y="2" or z="3" ) )""")]
    [InlineData("""{a="b"} | x="1" and y="2" or z="3" """, """{a="b"} | ( ( x="1" , y="2" ) or z="3" )""")]
    [InlineData("""{a="b"} | size > 1KiB | json a="b[0].c", d | drop e, f=~"g" | keep h""", """{a="b"} | size>1024B | json a="b[0].c",d="d" | drop e,f=~"g" | keep h""")]
    [InlineData("""sum by (x, y) (rate({a="b"}[5m]))""", """sum by (x,y)(rate({a="b"}[5m]))""")]
    [InlineData("""SUM(rate({a="b"}[90s])) by (x)""", """sum by (x)(rate({a="b"}[1m30s]))""")]
    [InlineData("""topk(3, count_over_time({a="b"} | json [1d] offset 1h)) without (z)""", """topk without (z)(3,count_over_time({a="b"} | json[1d] offset 1h0m0s))""")]
    [InlineData("""quantile_over_time(0.99, {a="b"} | unwrap duration(took) | __error__="" [1m]) by (c)""",
        """quantile_over_time(0.99,{a="b"} | unwrap duration(took) | __error__=""[1m]) by (c)""")]
    [InlineData("""count_over_time({a="b"}[5m] |= "x")""", """count_over_time({a="b"} |= "x"[5m])""")]
    [InlineData("""1 + 2 * 3 ^ 2 ^ 0""", "7")]
    [InlineData("""vector(1) + vector(1)""", "(vector(1.000000) + vector(1.000000))")]
    [InlineData("""rate({a="b"}[1m]) > bool 0 or vector(0) # a remark""", """((rate({a="b"}[1m]) > bool 0) or vector(0.000000))""")]
    [InlineData("""sum(rate({a="b"}[1m])) by (x) / on (x) group_left (y) sum(rate({a="b"}[1m])) by (x)""",
        """(sum by (x)(rate({a="b"}[1m])) / on (x) group_left (y) sum by (x)(rate({a="b"}[1m])))""")]
    public void A_query_is_written_in_one_way(string text, string canonical) => Assert.Equal(canonical.Trim(), Parser.Parse(text).ToString());

    [Theory]
    [InlineData("", "parse error at line 1, col 1: syntax error: unexpected $end")]
    [InlineData("""{foo="bar" """, "parse error at line 1, col 12: syntax error: unexpected $end, expecting } or ,")]
    [InlineData("""{foo="bar"} |~""", "parse error at line 1, col 15: syntax error: unexpected $end, expecting STRING or ip")]
    [InlineData("""{foo="bar"} "foo" """, "parse error at line 1, col 13: syntax error: unexpected STRING")]
    [InlineData("""{foo="bar}""", "parse error at line 1, col 6: literal not terminated")]
    [InlineData("{foo=\n'bar'}", "parse error at line 2, col 1: invalid char literal")]
    [InlineData("""{foo="bar"} |~ "\d" """, "parse error at line 1, col 16: invalid char escape")]
    [InlineData("""unk({ foo = "bar" }[5m])""", "parse error at line 1, col 1: syntax error: unexpected IDENTIFIER")]
    [InlineData("""rate({ foo = "bar" }[5minutes])""", "parse error at line 0, col 21: unknown unit \"minutes\" in duration \"5minutes\"")]
    [InlineData("""rate({ foo = "bar" }[5)""", "parse error at line 0, col 21: missing closing ']' in duration")]
    [InlineData("""min({ foo = "bar" }[5m])""", "parse error at line 0, col 20: syntax error: unexpected RANGE")]
    [InlineData("""stddev({ foo = "bar" })""", "parse error at line 1, col 23: syntax error: unexpected )")]
    [InlineData("""bottomk(he,count_over_time({ foo = "bar" }[5h]))""", "parse error at line 1, col 9: syntax error: unexpected IDENTIFIER")]
    [InlineData("""quantile_over_time(foo,{a="b"} | unwrap x [5m])""", "parse error at line 1, col 20: syntax error: unexpected IDENTIFIER, expecting NUMBER or { or (")]
    [InlineData("""count without (rate({namespace="apps"}[15s]))""", "parse error at line 1, col 16: syntax error: unexpected RATE, expecting IDENTIFIER or )")]
    [InlineData("""vector(abc)""", "parse error at line 1, col 8: syntax error: unexpected IDENTIFIER, expecting NUMBER")]
    [InlineData("""topk(count_over_time({ foo = "bar" }[5h]))""", "parse error : parameter required for operation topk")]
    [InlineData("""sum(3 ,count_over_time({ foo = "bar" }[5h]))""", "parse error : unsupported parameter for operation sum(3,")]
    [InlineData("""bottomk(1.2,count_over_time({ foo = "bar" }[5h]))""", "parse error : invalid parameter bottomk(1.2,")]
    [InlineData("""sum_over_time({a="b"}[1m])""", "parse error : invalid aggregation sum_over_time without unwrap")]
    [InlineData("""count_over_time({a="b"} | unwrap foo [5m])""", "parse error : invalid aggregation count_over_time with unwrap")]
    [InlineData("""{foo="bar"} + {foo="bar"}""", "parse error : unexpected type for left leg of binary operation (+): *syntax.MatchersExpr")]
    [InlineData("""1 unless rate({foo="bar"}[5m])""", "parse error : unexpected literal for left leg of logical/set binary operation (unless): 1.000000")]
    [InlineData("""{a=~"("}""", "parse error : error parsing regexp: missing closing ): `(`")]
    public void An_error_has_Lokis_words_and_place(string text, string error) =>
        Assert.Equal(error, Assert.Throws<LogQlParseException>(() => Parser.Parse(text)).Message);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{app=~".*"}""")]
    [InlineData("""{app!="x"}""")]
    [InlineData("""sum(count_over_time({app!~"bar|baz"}[5m])) + 1""")]
    public void A_selector_that_everything_satisfies_is_refused(string text) =>
        Assert.Contains("queries require at least one regexp or equality matcher", Assert.Throws<LogQlParseException>(() => Parser.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(1e-90, "1e-90")] // In seventeen digits it is 9.9999999999999999e-91.
    [InlineData(-2.5e-7, "-2.5e-07")]
    [InlineData(1e21, "1e+21")]
    [InlineData(2.8348837361869e29, "2.8348837361869e+29")]
    public void A_number_is_written_as_Go_does(double value, string text) => Assert.Equal(text, new Literal(value).ToString());

    [Fact]
    public void A_query_reads_back_as_itself() => LogQlGen.Query.Sample(expr => Assert.Equal(expr, Parser.Parse(expr.ToString())), iter: 3000);

    [Fact]
    public void Any_text_is_a_query_or_an_error() => Gen.OneOf(Gen.String, LogQlGen.Fragments).Sample(
        text =>
        {
            try
            {
                var expr = Parser.Parse(text);
                Assert.Equal(expr, Parser.Parse(expr.ToString()));
            }
            catch (LogQlException e)
            {
                Assert.StartsWith("parse error", e.Message, StringComparison.Ordinal);
            }
        },
        iter: 5000);

    [Theory]
    [InlineData("(", "1", ")")]
    [InlineData("1 ^ ", "2", "")]
    [InlineData("""{a="b"} | (""", "x=1", "")]
    [InlineData("sum(", """rate({a="b"}[1m])""", ")")]
    public void Deep_nesting_is_an_error_and_no_crash(string open, string inner, string close) =>
        Assert.Throws<LogQlParseException>(() => Parser.Parse(
            string.Concat(Enumerable.Repeat(open, 10_000)) + inner + string.Concat(Enumerable.Repeat(close, 10_000))));
}
