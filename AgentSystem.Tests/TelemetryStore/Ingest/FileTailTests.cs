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
        Copy(_log + ".1");
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

    [Fact]
    public async Task Lines_that_are_the_same_are_stored_as_often_as_they_were_written()
    {
        const string line = """{"timestamp":"2026-11-24T09:00:00Z","message":"again"}""" + "\n";
        await using (var store = await StartAsync())
        {
            Append(line + line);
            await ExpectAsync(store, 2);
            Append(line);
            await ExpectAsync(store, 3);
            // Two files with the same in them are two, from one look at them to the next and while nobody looks.
            File.Move(_log, _log + ".1");
            Append(line + line + line);
            await ExpectAsync(store, 6);
        }
        File.Move(_log, _log + ".2");
        Append(line + line + line);
        await using (var store = await StartAsync())
        {
            await ExpectAsync(store, 9);
            File.Delete(_log);
            Append(line + line + line);
            await ExpectAsync(store, 12);
            Copy(_log + ".3");
            Append(line);
            await ExpectAsync(store, 13);
            File.WriteAllText(_log, line);
            await ExpectAsync(store, 14);
        }
        await using var again = await StartAsync();
        Assert.Equal(14, Lines(again).Count);
        using var client = StoreHost.NewClient(again.Url);
        Assert.Contains("\"14\"", await client.GetStringAsync(
            "/loki/api/v1/query?time=1795600000&query=" + Uri.EscapeDataString("sum(count_over_time({service_name=\"agent\"}[30d]))")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copy_beside_a_file_is_not_read_again()
    {
        await using var store = await StartAsync();
        Append("1\n2\n");
        await ExpectAsync(store, 2);
        Copy(_log + ".backup");
        Append("3\n");
        await ExpectAsync(store, 3);
        File.Move(_log, _log + ".1");
        Append("4\n");
        await ExpectAsync(store, 4);

        await store.DisposeAsync();
        await using var again = await StartAsync();
        Append("5\n");
        await ExpectAsync(again, 5);
    }

    [Fact]
    public async Task A_copy_that_is_still_being_made_is_not_taken_for_a_file_of_its_own()
    {
        await using var store = await StartAsync();
        Append("1\n2\n");
        await ExpectAsync(store, 2);
        File.WriteAllText(_log + ".1", "");
        Append("3\n");
        await ExpectAsync(store, 3);
        File.AppendAllText(_log + ".1", "1\n");
        Append("4\n");
        await ExpectAsync(store, 4);
        File.AppendAllText(_log + ".1", "2\n3\n4\n");
        File.WriteAllText(_log, "5\n");

        await ExpectAsync(store, 5);
        Assert.Equal(["1", "2", "3", "4", "5"], Lines(store).Select(e => e.Line));
    }

    [Theory]
    [InlineData(262_144, 0)]
    [InlineData(262_145, 2)]
    [InlineData(300_000, 0)]
    [InlineData(3_000_000, 1)]
    public async Task A_line_that_is_too_long_is_cut_and_says_so(int bytes, int offset)
    {
        await using var store = await StartAsync();
        // Characters of three bytes, so that a cut at the limit would go through one of them.
        var line = new string('x', offset) + new string('€', (bytes - offset) / 3);
        line += new string('x', bytes - offset - (bytes - offset) / 3 * 3);
        Append(line[..^1]);
        Append(line[^1..] + "\nnext\n");
        await ExpectAsync(store, 2);

        var (cut, next) = (Lines(store)[0], Lines(store)[1]);
        var kept = System.Text.Encoding.UTF8.GetByteCount(cut.Line);
        Assert.StartsWith(cut.Line, line, StringComparison.Ordinal);
        Assert.InRange(kept, Math.Min(bytes, 262_142), 262_144);
        Assert.Equal(bytes == kept ? null : $"{bytes - kept}", cut.Metadata.FirstOrDefault(m => m.Name == "cut_bytes").Value);
        Assert.Equal("next", next.Line);
        using var client = StoreHost.NewClient(store.Url);
        Assert.Contains($"telemetry_store_cut_lines_total {(bytes == kept ? 0 : 1)}\n", await client.GetStringAsync("/metrics"), StringComparison.Ordinal);
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
                    Copy($"{_log}.{++rotations}");
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

    // As cp does: File.Copy locks what it makes, and fails when a look at the folder has it open.
    private void Copy(string to)
    {
        using var from = File.OpenRead(_log);
        using var copy = new FileStream(to, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        from.CopyTo(copy);
    }

    private void Append(string text) => File.AppendAllText(_log, text);

    private static Task<int> ExpectAsync(StoreHost store, int lines) => Eventually.Get(() => Task.FromResult(Lines(store).Count), count => count == lines);

    private static List<LogEntry> Lines(StoreHost store) => [.. store.Services.GetRequiredService<ILogStore>().Select(new([], 0, long.MaxValue), default)];
}
