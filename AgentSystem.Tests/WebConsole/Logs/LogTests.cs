using System.Text;
using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Formatting;
using AgentSystem.WebConsole.Logs;
using CsCheck;

namespace AgentSystem.Tests.WebConsole.Logs;

public sealed class LogTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 19, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("""{service_name=~".+"}""", LogFieldKind.Label, "", """{worker="ma\"rie"}""")]
    [InlineData("""{a="}"} |= "x" """, LogFieldKind.Label, "", """{a="}", worker="ma\"rie"} |= "x" """)]
    [InlineData("""{a="b"}""", LogFieldKind.Metadata, "", """{a="b"} | worker="ma\"rie" """)]
    [InlineData("""{a="b"}""", LogFieldKind.Parsed, "json", """{a="b"} | json | worker="ma\"rie" """)]
    [InlineData("""{a="b"} | json""", LogFieldKind.Parsed, "json", """{a="b"} | json | worker="ma\"rie" """)]
    [InlineData("""sum(rate({a="b"}[1m]))""", LogFieldKind.Label, "", """sum(rate({a="b"}[1m]))""")]
    public void A_click_on_a_value_narrows_the_query(string query, LogFieldKind kind, string parser, string expected) =>
        Assert.Equal(expected.Trim(), LogQlText.WithFilter(query, new("worker", kind, parser, []), "ma\"rie"));

    [Fact]
    public void A_mistake_is_shown_at_its_place()
    {
        var mistake = LogQlMistake.Of("{a=\"b\"}\n| jsonn", "parse error at line 2, col 3: syntax error: unexpected IDENTIFIER");

        Assert.Equal(("| ", "jsonn"), (mistake!.Before, mistake.At));
        Assert.Equal("{a=\"b\"}\n| ", mistake.TextBefore("{a=\"b\"}\n| jsonn"));
        Assert.Null(LogQlMistake.Of("{}", "queries require at least one matcher"));
        Assert.Equal("", LogQlMistake.Of("{a", "parse error at line 1, col 99: unexpected $end")!.At);
    }

    [Fact]
    public void Fields_are_counted_and_said_where_they_come_from()
    {
        var labels = new Dictionary<string, string> { ["service_name"] = "marie", ["trace_id"] = "1" };
        LogLine[] lines =
        [
            new(Start, """{"status":500,"http":{"path":"/a"},"tags":[1]}""", labels), new(Start, "took=3ms outcome=\"all good\"", labels), new(Start, "just a=sentence", labels),
        ];

        Assert.Equal(
            [
                "Label service_name marie 3", "Metadata trace_id 1 3", "Parsed http_path /a 1", "Parsed outcome all good 1", "Parsed status 500 1", "Parsed took 3ms 1",
            ],
            LogFields.Of(lines, ["service_name"]).Select(field => $"{field.Kind} {field.Name} {field.Values[0].Key} {field.Lines}"));
    }

    [Fact]
    public void A_histogram_covers_its_time_with_few_equal_pieces() => Gen.Select(Gen.Int[1, 10_000_000], Gen.Int[0, 100_000]).Sample((seconds, offset) =>
    {
        var (from, to) = (Start.AddSeconds(offset), Start.AddSeconds(offset + seconds));

        var buckets = LogBuckets.Of(from, to);

        Assert.True(buckets.From <= from && buckets.To >= to);
        Assert.InRange(buckets.Count, 1, 60);
    });

    [Fact]
    public void A_number_belongs_to_the_time_that_ends_with_it()
    {
        var buckets = new LogBuckets(Start, Start.AddSeconds(20), TimeSpan.FromSeconds(10));

        var volume = LogVolume.Of(buckets, [new("info", [new(Start.AddSeconds(10), 3), new(Start.AddSeconds(20), 4)]), new("error", [new(Start.AddSeconds(20), 1)])]);

        Assert.Equal(["error", "info"], volume.Names);
        Assert.Equal([[0, 3], [1, 4]], volume.Bars);
        Assert.Equal((5, 8), (volume.Highest, volume.Total));
    }

    [Fact]
    public void A_range_can_be_as_long_as_a_bar() =>
        Assert.Equal("sum(rate({a=\"b\"}[600s]))", LogVolume.WithStep("sum(rate({a=\"b\"}[$__auto]))", TimeSpan.FromMinutes(10)));

    [Fact]
    public void A_message_of_a_tail_is_its_lines_in_the_order_of_time()
    {
        var lines = LogTail.Read("""{"streams":[{"stream":{"a":"b"},"values":[["2000","late"]]},{"stream":{},"values":[["1000","early"]]}],"dropped_entries":null}"""u8);

        Assert.Equal(["early", "late"], lines.Select(line => line.Text));
        Assert.Throws<InvalidOperationException>(() => LogTail.Read(Encoding.UTF8.GetBytes("oops")));
    }

    [Fact]
    public void What_another_connection_tells_again_is_there_once()
    {
        var marie = new Dictionary<string, string> { ["service_name"] = "marie", ["trace_id"] = "1" };
        var again = new Dictionary<string, string> { ["trace_id"] = "1", ["service_name"] = "marie" };
        var anga = new Dictionary<string, string> { ["service_name"] = "anga" };
        var followed = new FollowedLines(3);
        followed.Reconnect();
        followed.Add([new(Start, "a", marie), new(Start.AddSeconds(1), "b", marie)]);
        followed.Reconnect();
        followed.Add([new(Start, "a", again), new(Start.AddSeconds(1), "b", again), new(Start.AddSeconds(1), "b", anga), new(Start.AddSeconds(2), "c", marie)]);

        Assert.Equal(["b marie", "b anga", "c marie"], followed.Lines.Select(line => $"{line.Text} {line.Service}"));
    }

    [Fact]
    public void An_address_says_what_is_not_the_default()
    {
        var search = new LogSearch { Query = "{a=\"b\"}", Range = new("now-6h", "now"), OldestFirst = true, Limit = 500, IsTail = true };

        Assert.Equal("/logs?query=%7Ba%3D%22b%22%7D&from=now-6h&to=now&direction=forward&limit=500&tail=1", search.ToHref());
        Assert.Equal(search, LogSearch.Parse("{a=\"b\"}", new("now-6h", "now"), "forward", "500", "1"));
        Assert.Equal("/logs", LogSearch.Parse(null, TimeRange.LastHour, "up", "-3", null).ToHref());
    }
}
