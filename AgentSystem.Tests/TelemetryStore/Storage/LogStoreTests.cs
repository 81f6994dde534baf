using System.Text;
using AgentSystem.TelemetryStore.Logs;
using AgentSystem.TelemetryStore.Storage;
using AgentSystem.Tests.Support;
using CsCheck;

namespace AgentSystem.Tests.TelemetryStore.Storage;

public sealed class LogStoreTests
{
    private static readonly Label[] Marie = [new("env", "lab"), new("service_name", "marie")], Anga = [new("service_name", "anga")];

    // Few letters, so that texts occur, reach over the ends of lines, and repeat.
    private static readonly Gen<string> Text = Gen.Char["abcé\n"].Array[0, 12].Select(c => new string(c));

    private static readonly Gen<LogEntry> Line = Gen.Select(Gen.Long[0, 40], Text, Gen.Bool, Gen.Int[0, 2]).Select((time, text, isMarie, metadata) =>
        new LogEntry(time, text, isMarie ? Marie : Anga, [.. Enumerable.Range(0, metadata).Select(i => new Label("m" + i, text + i))]));

    [Fact]
    public async Task What_is_selected_is_what_a_search_through_all_lines_finds() => await Gen.Select(
            Line.Array[0, 60].Array[1, 6], Gen.Long[0, 40], Gen.Long[0, 45], Gen.Bool, Text.Array[0, 2], Gen.Int[0, 2])
        .SampleAsync(async (batches, from, to, backward, contains, service) =>
        {
            using var folder = new TempFolder();
            using var store = new OpenStore(folder);
            foreach (var batch in batches)
                await store.Logs.AppendAsync(batch, default);
            LabelMatcher[] matchers = service switch
            {
                0 => [new("service_name", LabelMatch.Equal, "marie")],
                1 => [new("service_name", LabelMatch.Regex, "mar.*|x"), new("env", LabelMatch.NotEqual, "")],
                _ => [new("env", LabelMatch.NotRegex, "la")],
            };

            var found = store.Logs.Select(new(matchers, from, to) { Backward = backward, Contains = contains }, default).ToList();

            var wanted = batches.SelectMany(b => b).Where(e => e.TimestampNanos >= from && e.TimestampNanos < to
                && (service == 2 || e.Stream == Marie) && contains.All(t => e.Line.Contains(t, StringComparison.Ordinal))).ToList();
            Assert.Equal(wanted.Select(Key).ToHashSet(), found.Select(Key).ToHashSet());
            Assert.Equal(found.Count, found.Select(Key).Distinct().Count());
            var times = found.Select(e => e.TimestampNanos).ToList();
            Assert.Equal(backward ? times.OrderDescending() : times.Order(), times);
        }, iter: 40, threads: 1);

    [Fact]
    public async Task Small_rows_are_merged_and_the_text_index_loses_nothing()
    {
        using var folder = new TempFolder();
        using var store = new OpenStore(folder);
        for (var i = 0; i < 50; i++)
            await store.Logs.AppendAsync([.. Enumerable.Range(i * 100, 100).Select(n => new LogEntry(n, $"line {n} of task 01JC{n * 7919:x8}", Marie, [new("n", $"{n}")]))], default);

        foreach (var n in (int[])[0, 63, 2047, 2048, 4999])
        {
            var entry = Assert.Single(store.Logs.Select(new([], 0, long.MaxValue) { Contains = [$"JC{n * 7919:x8}"] }, default));
            Assert.Equal((n, $"{n}"), (entry.TimestampNanos, entry.Metadata[0].Value));
        }
        Assert.Equal(5000, store.Logs.Select(new([], 0, long.MaxValue), default).Count());
        Assert.InRange(store.Rows("lines"), 2, 65);
    }

    [Fact]
    public async Task The_same_line_with_the_same_metadata_at_one_instant_of_a_stream_is_kept_once()
    {
        using var folder = new TempFolder();
        using var store = new OpenStore(folder);
        LogEntry[] lines = [new(1, "a", Marie, []), new(1, "b", Marie, []), new(1, "a", Anga, []), new(1, "a", Marie, [new("k", "v")])];
        await store.Logs.AppendAsync(lines, default);
        await store.Logs.AppendAsync(lines, default);

        Assert.Equal(["a", "a", "a", "b"], store.Logs.Select(new([], 0, 2), default).Select(e => e.Line).Order());
    }

    [Fact]
    public async Task Streams_are_those_with_lines_in_the_time_range_and_sorted()
    {
        using var folder = new TempFolder();
        using var store = new OpenStore(folder);
        await store.Logs.AppendAsync([new(10, "a", Marie, []), new(30, "b", Marie, []), new(20, "c", Anga, [])], default);

        Assert.Equal([Marie, Anga], store.Logs.Streams(new([], 0, 100), default));
        Assert.Equal([Anga], store.Logs.Streams(new([], 11, 30), default));
        Assert.Empty(store.Logs.Streams(new([], 31, 100), default));
        Assert.Same(store.Logs.Streams(new([], 10, 11), default)[0], store.Logs.Select(new([], 30, 31), default).Single().Stream);
    }

    [Fact]
    public async Task Lines_are_there_after_the_store_was_opened_again()
    {
        using var folder = new TempFolder();
        using (var store = new OpenStore(folder))
            await store.Logs.AppendAsync([new(1, "kept", Marie, [new("a", "b")])], default);

        using var again = new OpenStore(folder);
        var entry = Assert.Single(again.Logs.Select(new([new("service_name", LabelMatch.Equal, "marie")], 0, 2), default));
        Assert.Equal("kept", entry.Line);
        Assert.Equal(Marie, entry.Stream);
        Assert.Equal([new("a", "b")], entry.Metadata);
    }

    [Fact]
    public async Task Who_follows_gets_lines_once_they_are_stored_and_hears_how_many_were_lost()
    {
        using var folder = new TempFolder();
        using var store = new OpenStore(folder);
        await using var following = store.Logs.FollowAsync([new("service_name", LabelMatch.Equal, "anga")], default).GetAsyncEnumerator();
        var first = following.MoveNextAsync();
        await store.Logs.AppendAsync([new(1, "not wanted", Marie, []), new(2, "wanted", Anga, [])], default);
        Assert.True(await first);
        Assert.Equal("wanted", following.Current.Entries.Single().Line);

        for (var i = 0; i < 300; i++)
            await store.Logs.AppendAsync([new(i, "many", Anga, [])], default);
        Assert.True(await following.MoveNextAsync());
        Assert.Equal(44, following.Current.Dropped.Count);
    }

    [Fact]
    public void A_signature_never_says_no_to_what_is_there() => Gen.Select(Gen.String[0, 300], Gen.Int[0, 300], Gen.Int[0, 40]).Sample((text, at, length) =>
    {
        var from = Math.Min(at, text.Length);
        var part = text.Substring(from, Math.Min(length, text.Length - from));
        Assert.True(TextSignature.MayContain(TextSignature.Of(Encoding.UTF8.GetBytes(text)), [Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(part)])
            || !part.IsNormalized() || part.Any(char.IsSurrogate));
    });

    private static (long, string, bool, string) Key(LogEntry entry) =>
        (entry.TimestampNanos, entry.Line, entry.Stream.Count == 2, string.Join(',', entry.Metadata));
}
