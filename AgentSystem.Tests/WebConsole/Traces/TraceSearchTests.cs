using AgentSystem.WebConsole.Formatting;
using AgentSystem.WebConsole.Traces;
using CsCheck;

namespace AgentSystem.Tests.WebConsole.Traces;

public sealed class TraceSearchTests
{
    [Fact]
    public void It_is_asked_of_Jaeger_in_its_own_words()
    {
        var search = new TraceSearch
        {
            Service = "marie",
            Operation = "process marie",
            Tags = """error=true note="two words" """,
            MinDuration = "1.5s",
            Limit = 20,
            Range = TimeRange.Parse("1000", "2000"),
        };

        Assert.Equal(
            "service=marie&limit=20&operation=process%20marie&tags=%7B%22error%22%3A%22true%22%2C%22note%22%3A%22two%20words%22%7D&minDuration=1.5s&start=1000000&end=2000000",
            search.ToJaeger(DateTimeOffset.UnixEpoch));
    }

    [Theory]
    [InlineData("soon", "", "", "The shortest duration, soon, is none")]
    [InlineData("", "5", "", "The longest duration, 5, is none")]
    [InlineData("", "999999999999h", "", "The longest duration")]
    [InlineData("2s", "500ms", "", "The shortest duration is above the longest one.")]
    [InlineData("", "", "error", "Tags are key=value")]
    [InlineData("", "", "a=\"open", "Tags are key=value")]
    [InlineData("", "", "a=1 =2", "Tags are key=value")]
    public void What_is_wrong_is_said_and_not_asked(string min, string max, string tags, string problem)
    {
        var search = new TraceSearch { Service = "marie", MinDuration = min, MaxDuration = max, Tags = tags };

        Assert.StartsWith(problem, search.Problem, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => search.ToJaeger());
    }

    [Theory]
    [InlineData("250us")]
    [InlineData("1h2m3.5s")]
    [InlineData("")]
    public void Durations_are_written_as_Jaeger_reads_them(string duration) => Assert.Null(new TraceSearch { MinDuration = duration }.Problem);

    [Fact]
    public void A_value_of_any_tag_survives_being_written_and_read() => Gen.String.Where(text => !text.Any(char.IsSurrogate)).Sample(value =>
    {
        var search = new TraceSearch { Service = "s", Tags = TraceSearch.Tag("key", value) };

        Assert.Null(search.Problem);
        var tags = Uri.UnescapeDataString(search.ToJaeger().Split("&tags=")[1]);
        Assert.Equal(value, System.Text.Json.JsonDocument.Parse(tags).RootElement.GetProperty("key").GetString());
    });

    [Fact]
    public void Its_address_says_what_is_not_the_default()
    {
        Assert.Equal("/traces", new TraceSearch().ToHref());
        Assert.Equal(
            "/traces?service=marie&tags=error%3Dtrue&from=now-6h&to=now&limit=100&sort=Longest",
            new TraceSearch { Service = "marie", Tags = "error=true", Range = new("now-6h", "now"), Limit = 100, Order = TraceOrder.Longest }.ToHref());
    }

    [Theory]
    [InlineData("0", "nonsense", TraceSearch.DefaultLimit, TraceOrder.Newest)]
    [InlineData("20", "longest", 20, TraceOrder.Longest)]
    [InlineData("999999", "7", TraceSearch.MaxLimit, TraceOrder.Newest)]
    [InlineData(null, null, TraceSearch.DefaultLimit, TraceOrder.Newest)]
    public void What_an_address_has_wrong_is_left_out(string? limit, string? order, int expectedLimit, TraceOrder expectedOrder)
    {
        var search = TraceSearch.Parse(" marie ", null, null, null, null, TimeRange.LastHour, limit, order);

        Assert.Equal(("marie", expectedLimit, expectedOrder), (search.Service, search.Limit, search.Order));
    }

    [Theory]
    [InlineData("anga,orchestrator", "orchestrator")]
    [InlineData("anga,marie", "anga")]
    [InlineData("", "")]
    public void Without_a_service_the_orchestrators_traces_are_shown(string services, string expected) =>
        Assert.Equal(expected, TraceSearch.DefaultService(services.Split(',', StringSplitOptions.RemoveEmptyEntries)));
}
