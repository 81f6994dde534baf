using System.Text;
using System.Text.Json;
using AgentSystem.Protocol;
using CsCheck;

namespace AgentSystem.Tests.Protocol;

public sealed class StatusLineTests
{
    private static readonly Gen<DateTimeOffset> GenTime =
        Gen.Long[0, 4_000_000_000_000].Select(DateTimeOffset.FromUnixTimeMilliseconds);

    // Strings that JSON escapes by one, two or six characters, and pairs of surrogates.
    private static readonly Gen<string> GenText = Gen.OneOf(
        Gen.String[0, 300],
        Gen.Select(OneOf("a", "\"", "\n", "\u0001", "é", "€", "😀", "\\"), Gen.Int[0, 9000], (s, n) => string.Concat(Enumerable.Repeat(s, n))),
        OneOf("x", "\0", "😀", "ß", "</script>").Array[0, 3000].Select(string.Concat));

    private static readonly Gen<StatusLine> GenLine = Gen.Select(
        GenText.Null(), Gen.Double[0, 1].Nullable(), Gen.Enum<LineStatus>(), GenTime, Gen.Int[1, 100],
        (message, progress, status, at, attempt) => new StatusLine
        {
            TaskId = TaskId.New(at),
            Worker = "marie",
            Attempt = attempt,
            Status = status,
            Progress = progress,
            Message = message,
            At = at,
            Traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        });

    [Fact]
    public void Whatever_the_message_a_line_fits_in_a_pipe_write_and_reads_back() => GenLine.Sample(line =>
    {
        var bytes = line.ToBytes();
        Assert.InRange(bytes.Length, 1, ProtocolLimits.StatusLineBytes);
        Assert.Equal(bytes.Length - 1, bytes.AsSpan().IndexOf((byte)'\n'));
        Assert.True(StatusLine.TryParse(bytes.AsSpan(0, bytes.Length - 1), out var read, out var error), error);
        if (!read.Truncated)
        {
            Assert.Equal(line with { Message = WellFormed(line.Message) }, read);
            return;
        }
        Assert.Equal(line with { Message = read.Message, Truncated = true }, read);
        Assert.StartsWith(read.Message!, WellFormed(line.Message)!, StringComparison.Ordinal);
        Assert.False(read.Message!.Length > 0 && char.IsHighSurrogate(read.Message[^1]), "cut within a character");
        // As much as fits is kept: one more character (at most 12 bytes as JSON escapes) would be too much.
        Assert.InRange(bytes.Length, ProtocolLimits.StatusLineBytes - 12, ProtocolLimits.StatusLineBytes);
    });

    [Fact]
    public void Garbage_is_refused_with_a_reason_and_never_throws() =>
        Gen.OneOf(Gen.Byte.Array[0, 5000], Gen.String.Select(Encoding.UTF8.GetBytes), GenLine.SelectMany(Damage)).Sample(bytes =>
        {
            var parsed = StatusLine.TryParse(bytes, out var line, out var error);
            Assert.Equal(parsed, line is not null);
            Assert.Equal(parsed, error.Length == 0);
        });

    [Theory]
    [InlineData("null", "null")]
    [InlineData("[]", "not a status line")]
    [InlineData("7", "not a status line")]
    [InlineData("{}", "not a status line")]
    [InlineData("""{"v":2,"task_id":"a","worker":"w","status":"started","at":"2026-01-01T00:00:00Z"}""", "version 2 is unknown")]
    [InlineData("""{"task_id":"../a","worker":"w","status":"started","at":"2026-01-01T00:00:00Z"}""", "task_id is not a valid task id")]
    [InlineData("""{"task_id":null,"worker":"w","status":"started","at":"2026-01-01T00:00:00Z"}""", "not a status line")]
    [InlineData("""{"task_id":"a","worker":"w","status":"flying","at":"2026-01-01T00:00:00Z"}""", "not a status line")]
    [InlineData("""{"task_id":"a","worker":"w","status":1,"at":"2026-01-01T00:00:00Z"}""", "not a status line")]
    [InlineData("""{"task_id":"a","worker":"w","status":"progress","progress":1.5,"at":"2026-01-01T00:00:00Z"}""", "progress must lie between 0 and 1")]
    [InlineData("""{"task_id":"a","worker":"w","status":"progress","at":"yesterday"}""", "not a status line")]
    public void A_line_that_is_none_says_why(string text, string reason)
    {
        Assert.False(StatusLine.TryParse(Encoding.UTF8.GetBytes(text), out _, out var error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_that_is_too_long_is_refused_even_if_it_is_a_line()
    {
        var json = Encoding.UTF8.GetBytes("""{"task_id":"a","worker":"w","status":"started","at":"2026-01-01T00:00:00Z"}""" + new string(' ', 5000));
        Assert.False(StatusLine.TryParse(json, out _, out var error));
        Assert.Contains("longer than 4096 bytes", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hook_may_leave_out_everything_that_has_a_default()
    {
        var text = """{"task_id":"a","worker":"w","status":"tool","at":"2026-01-01T01:00:00+01:00","later":{"field":1}}"""u8;
        Assert.True(StatusLine.TryParse(text, out var line, out _));
        Assert.Equal((1, 1, "", null, null), (line.Version, line.Attempt, line.Traceparent, line.Message, line.Progress));
        Assert.Equal(DateTimeOffset.Parse("2026-01-01T00:00:00Z", null), line.At);
    }

    [Fact]
    public void Ids_that_leave_no_room_are_the_writers_mistake()
    {
        var line = new StatusLine { TaskId = "a", Worker = new('w', 5000), Status = LineStatus.Started, At = DateTimeOffset.UnixEpoch };
        Assert.Throws<ArgumentException>(() => line.ToBytes());
    }

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static Gen<byte[]> Damage(StatusLine line)
    {
        var bytes = line.ToBytes();
        return Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Byte, Gen.Bool, (at, value, cut) =>
        {
            if (cut)
                return bytes[..at];
            var damaged = bytes.ToArray();
            damaged[at] = value;
            return damaged;
        });
    }

    // A lone surrogate has no UTF-8; it is written as U+FFFD.
    private static string? WellFormed(string? text) => text is null ? null : JsonSerializer.Deserialize<string>(JsonSerializer.SerializeToUtf8Bytes(text));
}
