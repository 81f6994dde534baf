using AgentSystem.TelemetryStore.Logs;
using AgentSystem.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AgentSystem.Tests.TelemetryStore.Ingest;

public sealed class FileTailTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _log;

    public FileTailTests()
    {
        Directory.CreateDirectory(_folder["shared", "logs"]);
        _log = _folder["shared", "logs", "agent.jsonl"];
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Lines_are_stored_with_their_time_their_level_and_their_trace()
    {
        await using var store = await StartAsync();
        Append("""{"timestamp":"2026-11-24T09:00:00.123Z","level":"warning","message":"slow","trace_id":"0af7651916cd43dd8448eb211c80319c"}""" + "\n");
        await ExpectAsync(store, 1);

        var entry = Lines(store).Single();
        Assert.Equal(DateTimeOffset.Parse("2026-11-24T09:00:00.123Z", null).ToUnixTimeMilliseconds() * 1_000_000, entry.TimestampNanos);
        Assert.Equal([new("service_name", "agent")], entry.Stream);
        Assert.Equal([new("detected_level", "warn"), new("trace_id", "0af7651916cd43dd8448eb211c80319c")], entry.Metadata);
    }

    [Fact]
    public async Task A_line_is_taken_when_it_is_complete()
    {
        await using var store = await StartAsync();
        Append("first\nsec");
        await ExpectAsync(store, 1);
        Append("ond\n");
        await ExpectAsync(store, 2);

        Assert.Equal(["first", "second"], Lines(store).Select(e => e.Line));
    }

    [Fact]
    public async Task Reading_goes_on_where_it_stopped()
    {
        await using (var store = await StartAsync())
        {
            Append("1\n2\n");
            await ExpectAsync(store, 2);
        }
        Append("3\n");
        File.Move(_log, _log + ".1");
        Append("4\n");

        await using var again = await StartAsync();
        await ExpectAsync(again, 4);
        Assert.Equal(["1", "2", "3", "4"], Lines(again).Select(e => e.Line).Order());
    }

    [Fact]
    public async Task A_file_that_was_copied_and_truncated_is_read_to_the_end_in_its_copy()
    {
        await using (var store = await StartAsync())
        {
            Append("1\n2\n");
            await ExpectAsync(store, 2);
        }
        Append("3\n");
        File.Copy(_log, _log + ".1");
        File.WriteAllText(_log, "");
        Append("4\n");

        await using var again = await StartAsync();
        await ExpectAsync(again, 4);
        Assert.Equal(["1", "2", "3", "4"], Lines(again).Select(e => e.Line).Order());
    }

    [Fact]
    public async Task What_was_rotated_before_we_first_came_is_old()
    {
        File.WriteAllText(_log + ".1", "old\n");
        Append("new\n");

        await using var store = await StartAsync();
        await ExpectAsync(store, 1);
        Assert.Equal("new", Lines(store).Single().Line);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_is_done_to_the_files_each_line_is_stored_once(int seed)
    {
        var random = new Random(seed);
        var (written, rotations) = (0, 0);
        var store = await StartAsync();
        for (var step = 0; step < 25; step++)
        {
            for (var i = random.Next(1, 20); i > 0; i--)
                Append($$"""{"timestamp":"2026-11-24T09:00:00Z","n":{{written++}}}""" + "\n");
            switch (random.Next(5))
            {
                case 0:
                    File.Move(_log, $"{_log}.{++rotations}");
                    break;
                case 1:
                    // As logrotate's copytruncate does; what it copies has been seen, for else nobody could tell the two apart.
                    await ExpectAsync(store, written);
                    File.Copy(_log, $"{_log}.{++rotations}");
                    File.WriteAllText(_log, "");
                    break;
                case 2:
                    await store.DisposeAsync();
                    store = await StartAsync();
                    break;
                case 3:
                    await ExpectAsync(store, written);
                    break;
            }
        }
        await ExpectAsync(store, written);

        Assert.Equal(written, Lines(store).Select(e => e.Line).Distinct().Count());
        await store.DisposeAsync();
    }

    private Task<StoreHost> StartAsync() => StoreHost.StartAsync(_folder, ("TelemetryStore:SweepInterval", "00:00:00.010"));

    private void Append(string text) => File.AppendAllText(_log, text);

    private static Task<int> ExpectAsync(StoreHost store, int lines) => Eventually.Get(() => Task.FromResult(Lines(store).Count), count => count == lines);

    private static List<LogEntry> Lines(StoreHost store) => [.. store.Services.GetRequiredService<ILogStore>().Select(new([], 0, long.MaxValue), default)];
}
