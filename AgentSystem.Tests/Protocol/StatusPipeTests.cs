using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using System.Threading.Channels;
using AgentSystem.Protocol;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.Protocol;

[UnsupportedOSPlatform("windows")]
public sealed class StatusPipeTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TempFolder _folder = new();
    private readonly string _path;

    public StatusPipeTests() => _path = _folder["marie"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Lines_of_many_writers_never_interleave()
    {
        const int writers = 8, lines = 300;
        await using var reading = new Reading(_path);
        var outcomes = new ConcurrentBag<PipeWriteOutcome>();
        var threads = Enumerable.Range(0, writers).Select(w => Task.Factory.StartNew(
            () =>
            {
                // Each with a descriptor of its own, as processes have; and of the greatest length that a line may have.
                using var writer = new StatusPipeWriter(_path);
                for (var i = 0; i < lines; i++)
                {
                    var line = Encoding.ASCII.GetBytes($"{w}:{i}:{new string((char)('a' + w), ProtocolLimits.StatusLineBytes)}"[..(ProtocolLimits.StatusLineBytes - 1)] + "\n");
                    PipeWriteOutcome outcome;
                    while ((outcome = writer.Write(line)) == PipeWriteOutcome.Full)
                        Thread.Yield();
                    outcomes.Add(outcome);
                }
            },
            TaskCreationOptions.LongRunning)).ToArray();
        await Task.WhenAll(threads);

        var seen = new Dictionary<char, int>();
        for (var n = 0; n < writers * lines; n++)
        {
            var (text, overlong) = await reading.NextAsync();
            Assert.False(overlong);
            var expected = seen.GetValueOrDefault(text[0]);
            Assert.StartsWith($"{text[0]}:{expected}:", text, StringComparison.Ordinal);
            Assert.Equal(ProtocolLimits.StatusLineBytes - 1, text.Length);
            Assert.Single(text[(text.LastIndexOf(':') + 1)..].Distinct());
            seen[text[0]] = expected + 1;
        }
        Assert.All(outcomes, outcome => Assert.Equal(PipeWriteOutcome.Written, outcome));
    }

    [Fact]
    public void Without_a_pipe_or_a_reader_a_line_is_dropped_at_once()
    {
        using var writer = new StatusPipeWriter(_path);
        var watch = Stopwatch.StartNew();
        Assert.Equal(PipeWriteOutcome.NoReader, writer.Write("{}\n"u8));
        new StatusPipeReader(_path).Dispose();
        Assert.Equal(PipeWriteOutcome.NoReader, writer.Write("{}\n"u8));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void A_full_pipe_drops_a_line_whole()
    {
        using var reader = new StatusPipeReader(_path);
        using var writer = new StatusPipeWriter(_path);
        var line = new byte[1000];
        line.AsSpan().Fill((byte)'x');
        line[^1] = (byte)'\n';
        var written = 0;
        while (writer.Write(line) == PipeWriteOutcome.Written)
            written++;

        Assert.True(written > 10);
        Assert.Equal(PipeWriteOutcome.Full, writer.Write(line));
        var received = 0;
        using var stop = new CancellationTokenSource();
        reader.ReadLines(
            (bytes, overlong) =>
            {
                Assert.Equal(999, bytes.Length);
                Assert.False(overlong);
                if (++received == written)
                    stop.Cancel();
            },
            stop.Token);
        Assert.Equal(written, received);
    }

    [Fact]
    public async Task A_reader_survives_writers_that_come_and_go()
    {
        await using var reading = new Reading(_path);
        for (var i = 0; i < 3; i++)
        {
            using var writer = new StatusPipeWriter(_path);
            Assert.Equal(PipeWriteOutcome.Written, writer.Write(Encoding.ASCII.GetBytes($"{i}\n")));
            Assert.Equal(($"{i}", false), await reading.NextAsync());
        }
    }

    [Fact]
    public async Task A_writer_finds_a_reader_that_came_back_even_with_a_new_pipe()
    {
        using var writer = new StatusPipeWriter(_path);
        await using (new Reading(_path))
            Assert.Equal(PipeWriteOutcome.Written, writer.Write("a\n"u8));
        Assert.Equal(PipeWriteOutcome.NoReader, writer.Write("b\n"u8));
        File.Delete(_path);
        await using var reading = new Reading(_path);
        Assert.Equal(PipeWriteOutcome.Written, writer.Write("c\n"u8));
        Assert.Equal(("c", false), await reading.NextAsync());
    }

    [Fact]
    public async Task A_shell_can_write_a_line()
    {
        await using var reading = new Reading(_path);
        using var shell = Process.Start("sh", ["-c", $"echo 'from a hook' > '{_path}'"]);
        Assert.Equal(("from a hook", false), await reading.NextAsync());
        await shell.WaitForExitAsync();
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(10_000)]
    [InlineData(200_000)]
    public async Task A_line_that_is_too_long_is_reported_once_and_the_next_one_is_whole(int length)
    {
        await using var reading = new Reading(_path);
        await using (var stranger = new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0))
            await stranger.WriteAsync(Encoding.ASCII.GetBytes(new string('x', length) + "\nnext\n"));

        var (text, overlong) = await reading.NextAsync();
        Assert.True(overlong);
        Assert.StartsWith("xxx", text, StringComparison.Ordinal);
        Assert.Equal(("next", false), await reading.NextAsync());
    }

    [Fact]
    public async Task The_longest_line_that_is_allowed_is_not_too_long()
    {
        await using var reading = new Reading(_path);
        using var writer = new StatusPipeWriter(_path);
        var line = new string('x', ProtocolLimits.StatusLineBytes - 1);
        writer.Write(Encoding.ASCII.GetBytes(line + "\n"));
        Assert.Equal((line, false), await reading.NextAsync());
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Write(new byte[ProtocolLimits.StatusLineBytes + 1]));
    }

    [Fact]
    public async Task A_line_that_comes_in_pieces_is_one_line()
    {
        await using var reading = new Reading(_path);
        await using (var stranger = new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0))
        {
            await stranger.WriteAsync("one "u8.ToArray());
            await stranger.WriteAsync("line\n\n\ntwo\n"u8.ToArray());
        }
        Assert.Equal(("one line", false), await reading.NextAsync());
        Assert.Equal(("two", false), await reading.NextAsync());
    }

    [Fact]
    public async Task Cancelling_ends_a_reader_that_waits_even_when_the_pipe_is_full_again()
    {
        var reading = new Reading(_path);
        await reading.DisposeAsync();

        using var reader = new StatusPipeReader(_path);
        using var writer = new StatusPipeWriter(_path);
        using var stop = new CancellationTokenSource();
        while (writer.Write("x\n"u8) == PipeWriteOutcome.Written)
        {
        }
        var thread = Task.Factory.StartNew(() => reader.ReadLines((_, _) => stop.Cancel(), stop.Token), TaskCreationOptions.LongRunning);
        await thread.WaitAsync(Patience);
    }

    [Fact]
    public void Who_cancelled_before_reading_reads_nothing_and_is_not_held_up()
    {
        using var reader = new StatusPipeReader(_path);
        using var writer = new StatusPipeWriter(_path);
        while (writer.Write("x\n"u8) == PipeWriteOutcome.Written)
        {
        }
        reader.ReadLines((_, _) => Assert.Fail("read after cancel"), new CancellationToken(canceled: true));
    }

    [Fact]
    public void The_pipe_is_its_owners_only()
    {
        using var reader = new StatusPipeReader(_path);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_path));
    }

    [Fact]
    public void A_file_where_the_pipe_has_to_be_is_a_clear_error()
    {
        File.WriteAllText(_path, "precious");
        var error = Assert.Throws<IOException>(() => new StatusPipeReader(_path));
        Assert.Contains("regular file", error.Message, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(_path));

        using var writer = new StatusPipeWriter(_path);
        Assert.Equal(PipeWriteOutcome.NotAPipe, writer.Write("line\n"u8));
        Assert.Equal("precious", File.ReadAllText(_path));
    }

    /// <summary>A reader on a thread of its own.</summary>
    private sealed class Reading : IAsyncDisposable
    {
        private readonly Channel<(string, bool)> _lines = Channel.CreateUnbounded<(string, bool)>();
        private readonly CancellationTokenSource _stop = new();
        private readonly StatusPipeReader _reader;
        private readonly Task _thread;

        internal Reading(string path)
        {
            _reader = new(path);
            _thread = Task.Factory.StartNew(
                () => _reader.ReadLines((line, overlong) => _lines.Writer.TryWrite((Encoding.UTF8.GetString(line), overlong)), _stop.Token),
                TaskCreationOptions.LongRunning);
        }

        internal async Task<(string Text, bool Overlong)> NextAsync() => await _lines.Reader.ReadAsync().AsTask().WaitAsync(Patience);

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _thread.WaitAsync(Patience);
            _reader.Dispose();
            _stop.Dispose();
        }
    }
}
