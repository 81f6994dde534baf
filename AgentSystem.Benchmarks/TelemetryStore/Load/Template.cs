using System.Buffers.Binary;

namespace AgentSystem.Benchmarks.TelemetryStore.Load;

/// <summary>What is different in each copy of a record.</summary>
/// <param name="Start">Nanoseconds since 1970-01-01T00:00:00Z.</param>
/// <param name="End">Nanoseconds since 1970-01-01T00:00:00Z.</param>
/// <param name="Trace">Its trace.</param>
/// <param name="Span">Its span.</param>
/// <param name="Parent">The span's parent.</param>
/// <param name="Number">Where ids and numbers in its text come from.</param>
internal readonly record struct Stamp(long Start, long End, UInt128 Trace, ulong Span, ulong Parent, ulong Number);

/// <summary>
/// The places of a request's body that differ from copy to copy: they are filled with a mark each when the body is made, found once, and
/// overwritten in place for each request. So sending costs next to nothing, and the store has the machine.
/// </summary>
internal sealed class Template
{
    // Bytes that UTF-8 does not have, so that no text looks like a mark.
    private const byte StartMark = 0xF8, EndMark = 0xF9, TraceMark = 0xFA, SpanMark = 0xFB, ParentMark = 0xFC;
    private const byte IdMark = (byte)'@', DigitMark = (byte)'#';
    private const int IdLength = 16;

    private readonly Slot[] _slots;

    /// <param name="body">A request with marks in it.</param>
    /// <param name="first">The mark that comes first in each record, and once.</param>
    internal Template(byte[] body, byte[] first)
    {
        Body = body;
        var slots = new List<Slot>();
        var record = -1;
        for (var at = 0; at < body.Length; at++)
        {
            var length = LengthOf(body.AsSpan(at));
            if (length == 0)
                continue;
            if (body[at] == first[0])
                record++;
            slots.Add(new(at, length, record, body[at]));
            at += length - 1;
        }
        _slots = [.. slots];
        Records = record + 1;
    }

    private Template(byte[] body, Slot[] slots, int records) => (Body, _slots, Records) = (body, slots, records);

    internal static byte[] Start { get; } = Mark(StartMark, 8);

    internal static byte[] End { get; } = Mark(EndMark, 8);

    internal static byte[] Trace { get; } = Mark(TraceMark, 16);

    internal static byte[] Span { get; } = Mark(SpanMark, 8);

    internal static byte[] Parent { get; } = Mark(ParentMark, 8);

    /// <summary>Where a text has an id of sixteen hexadecimal digits.</summary>
    internal static string Id { get; } = new((char)IdMark, IdLength);

    /// <summary>The request as it was stamped last.</summary>
    internal byte[] Body { get; }

    /// <summary>How many records are in it.</summary>
    internal int Records { get; }

    /// <summary>The text that stands for <paramref name="number"/> in a place of sixteen <c>@</c>.</summary>
    internal static string IdOf(ulong number) => Mixed(number).ToString("x16", null);

    /// <summary>A number that looks like chance (splitmix64, https://prng.di.unimi.it/splitmix64.c).</summary>
    internal static ulong Mixed(ulong number)
    {
        number += 0x9E3779B97F4A7C15;
        number = (number ^ number >> 30) * 0xBF58476D1CE4E5B9;
        number = (number ^ number >> 27) * 0x94D049BB133111EB;
        return number ^ number >> 31;
    }

    /// <summary>One that another sender can fill.</summary>
    internal Template Copy() => new([.. Body], _slots, Records);

    internal void Fill(Func<int, Stamp> stampOf)
    {
        var (current, stamp, digits) = (-1, default(Stamp), 0UL);
        foreach (var slot in _slots)
        {
            if (slot.Record != current)
            {
                (current, stamp) = (slot.Record, stampOf(slot.Record));
                digits = Mixed(~stamp.Number);
            }
            var room = Body.AsSpan(slot.At, slot.Length);
            switch (slot.Mark)
            {
                case StartMark: BinaryPrimitives.WriteInt64LittleEndian(room, stamp.Start); break;
                case EndMark: BinaryPrimitives.WriteInt64LittleEndian(room, stamp.End); break;
                case TraceMark: BinaryPrimitives.WriteUInt128BigEndian(room, stamp.Trace); break;
                case SpanMark: BinaryPrimitives.WriteUInt64BigEndian(room, stamp.Span); break;
                case ParentMark: BinaryPrimitives.WriteUInt64BigEndian(room, stamp.Parent); break;
                case IdMark: Mixed(stamp.Number).TryFormat(room, out _, "x16"); break;
                default: Digits(room, ref digits); break;
            }
        }
    }

    private static void Digits(Span<byte> room, ref ulong digits)
    {
        for (var i = 0; i < room.Length; i++)
        {
            digits = digits * 6364136223846793005 + 1442695040888963407;
            room[i] = (byte)('0' + (int)(digits >> 40) % 10);
        }
        // Whole numbers do not begin with 0.
        if (room[0] == '0')
            room[0] = (byte)'1';
    }

    private static byte[] Mark(byte mark, int length)
    {
        var bytes = new byte[length];
        bytes.AsSpan().Fill(mark);
        return bytes;
    }

    private readonly record struct Slot(int At, int Length, int Record, byte Mark);

    private static int LengthOf(ReadOnlySpan<byte> bytes)
    {
        var expected = bytes[0] switch
        {
            StartMark or EndMark or SpanMark or ParentMark => 8,
            TraceMark => 16,
            IdMark => IdLength,
            // One alone may be the length of something.
            DigitMark => 2,
            _ => 0,
        };
        if (expected == 0)
            return 0;
        var run = bytes.IndexOfAnyExcept(bytes[0]);
        run = run < 0 ? bytes.Length : run;
        return run < expected ? 0 : bytes[0] == DigitMark ? run : expected;
    }
}
