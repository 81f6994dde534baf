using AgentSystem.TelemetryStore.Otlp;
using AgentSystem.TelemetryStore.Traces;
using AgentSystem.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace AgentSystem.Tests.TelemetryStore.Storage;

public sealed class TraceStoreTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_trace_is_whole_though_its_spans_came_apart_and_the_files_changed_in_between()
    {
        using var folder = new TempFolder();
        using var store = new OpenStore(folder, o => o.RetentionBytes = 4 << 20);
        await AddAsync(store, 1, "first");
        while (store.Writer.Partitions.All.Length < 2)
            await FillAsync(store);
        await AddAsync(store, 1, "last");

        var trace = store.Traces.Find(1)!;

        Assert.Equal(["first", "last"], trace.Resources.SelectMany(r => r.Scopes).SelectMany(s => s.Items).Select(s => s.Name));
        Assert.Equal(new UInt128[] { 1 }, store.Traces.Search(new() { Operation = "last" }, default).Select(t => t.Id));
    }

    [Fact]
    public async Task What_is_too_much_goes_with_the_oldest_file()
    {
        using var folder = new TempFolder();
        using var store = new OpenStore(folder, o => o.RetentionBytes = 2 << 20);
        await AddAsync(store, 1, "oldest");
        for (var i = 0; i < 200 && store.Traces.Find(1) is not null; i++)
        {
            await FillAsync(store);
            await store.Writer.SweepAsync();
        }

        Assert.Null(store.Traces.Find(1));
        Assert.InRange(store.Writer.Partitions.SizeOnDisk(), 1, 4 << 20);
        await AddAsync(store, 2, "newest");
        Assert.NotNull(store.Traces.Find(2));
    }

    [Fact]
    public async Task What_is_too_old_goes_with_its_file()
    {
        using var folder = new TempFolder();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var store = new OpenStore(folder, o => o.RetentionAge = TimeSpan.FromHours(16), time);
        await AddAsync(store, 1, "old", time.GetUtcNow());
        time.Advance(TimeSpan.FromHours(10));
        await AddAsync(store, 2, "young", time.GetUtcNow());
        await store.Writer.SweepAsync();
        Assert.NotNull(store.Traces.Find(1));

        time.Advance(TimeSpan.FromHours(7));
        await store.Writer.SweepAsync();

        Assert.Null(store.Traces.Find(1));
        Assert.NotNull(store.Traces.Find(2));
    }

    [Fact]
    public async Task Tail_sampling_keeps_errors_urgent_tasks_and_slow_traces_and_decides_when_a_trace_is_quiet()
    {
        using var folder = new TempFolder();
        var time = new FakeTimeProvider(Start);
        using var store = new OpenStore(folder, Sampled, time);
        await AddAsync(store, 1, "dull");
        await AddAsync(store, 2, "failed", status: StatusCode.Error);
        await AddAsync(store, 3, "urgent", attributes: [new("task.priority", AnyValue.Of("critical"))]);
        await AddAsync(store, 4, "high", attributes: [new("task.priority", AnyValue.Of("high"))]);
        await AddAsync(store, 5, "slow", nanos: 5_000_000_000);
        time.Advance(TimeSpan.FromSeconds(9));
        await AddAsync(store, 1, "still busy");
        await store.Writer.SweepAsync();
        Assert.Empty(Kept(store));

        time.Advance(TimeSpan.FromSeconds(2));
        await store.Writer.SweepAsync();
        Assert.Equal([2, 3, 4, 5], Kept(store));
        time.Advance(TimeSpan.FromSeconds(20));
        await store.Writer.SweepAsync();
        await AddAsync(store, 1, "too late");
        await AddAsync(store, 2, "late");

        Assert.Equal([2, 3, 4, 5], Kept(store));
        Assert.Equal(2, store.Traces.Find(2)!.Resources.Count);
        Assert.Equal(0, store.Rows("undecided"));
    }

    [Theory]
    [InlineData("failed")]
    [InlineData("critical")]
    [InlineData("high")]
    [InlineData("slow")]
    [InlineData("slow in all")]
    public async Task A_late_span_that_has_to_stay_brings_its_trace_back(string what)
    {
        using var folder = new TempFolder();
        var time = new FakeTimeProvider(Start);
        using var store = new OpenStore(folder, Sampled, time);
        await AddAsync(store, 1, "lost");
        time.Advance(TimeSpan.FromSeconds(11));
        await store.Writer.SweepAsync();
        await AddAsync(store, 1, "lost too");
        Assert.Empty(Kept(store));

        await AddAsync(store, 1, "late",
            what == "slow in all" ? Start.AddSeconds(4.9) : null,
            what switch { "slow" => 5_000_000_000, "slow in all" => 100_000_000, _ => 1000 },
            what == "failed" ? StatusCode.Error : StatusCode.Unset,
            what is "critical" or "high" ? [new("task.priority", AnyValue.Of(what))] : null);
        await AddAsync(store, 1, "later");

        Assert.Equal(["late", "later"], store.Traces.Find(1)!.Resources.SelectMany(r => r.Scopes).SelectMany(s => s.Items).Select(s => s.Name));
        Assert.Equal((2.0, 2.0), (store.Metric("telemetry_store_missed_spans_total"), store.Metric("telemetry_store_dropped_total{signal=\"traces\",reason=\"sampled\"}")));
    }

    [Fact]
    public async Task Undecided_spans_survive_the_process()
    {
        using var folder = new TempFolder();
        var time = new FakeTimeProvider(Start);
        using (var store = new OpenStore(folder, Sampled, time))
            await AddAsync(store, 2, "failed", status: StatusCode.Error);

        using var again = new OpenStore(folder, Sampled, time);
        time.Advance(TimeSpan.FromSeconds(11));
        await again.Writer.SweepAsync();
        Assert.Equal([2], Kept(again));
    }

    private static void Sampled(AgentSystem.TelemetryStore.Configuration.TelemetryStoreOptions options) =>
        options.Sampling = new() { Enabled = true, Wait = TimeSpan.FromSeconds(10), SlowerThan = TimeSpan.FromSeconds(5), Share = 0 };

    private static IEnumerable<int> Kept(OpenStore store) => Enumerable.Range(1, 5).Where(id => store.Traces.Find((UInt128)id) is not null);

    private static Task AddAsync(OpenStore store, UInt128 trace, string name, DateTimeOffset? start = null, long nanos = 1000, StatusCode status = StatusCode.Unset, KeyValue[]? attributes = null)
    {
        var nanosOfStart = ((start ?? Start) - DateTimeOffset.UnixEpoch).Ticks * 100;
        var id = new byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(id, trace);
        var span = new ProtoWriter().Bytes(1, id).Bytes(2, [0, 0, 0, 0, 0, 0, 0, 1]).Text(5, name).Fixed64(7, (ulong)nanosOfStart).Fixed64(8, (ulong)(nanosOfStart + nanos));
        foreach (var (key, value) in attributes ?? [])
            span.Message(9, new ProtoWriter().Text(1, key).Message(2, new ProtoWriter().Text(1, value.Text)));
        span.Message(15, new ProtoWriter().Varint(3, (ulong)status));
        var request = new ProtoWriter().Message(1, new ProtoWriter().Message(2, new ProtoWriter().Message(2, span)));
        return store.Traces.WriteAsync(SpanRows.From(OtlpProto.Traces(request.ToArray())).Rows);
    }

    private static async Task FillAsync(OpenStore store)
    {
        var random = new Random(1);
        var noise = new byte[20_000];
        random.NextBytes(noise);
        for (var i = 0; i < 5; i++)
            await AddAsync(store, (UInt128)random.NextInt64() + 1000, "fill", attributes: [new("noise", AnyValue.Of(Convert.ToBase64String(noise)))]);
    }
}
