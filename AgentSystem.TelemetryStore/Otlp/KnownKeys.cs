using System.Text;

namespace AgentSystem.TelemetryStore.Otlp;

/// <summary>Attribute names repeat without end; the ones seen lately are kept, so that most need no new string.</summary>
internal static class KnownKeys
{
    // A lossy table without locks: slots are overwritten, and a reader sees either the old string or the new one.
    private const int Size = 1024;

    private static readonly string?[] Slots = new string?[Size];

    internal static string Get(ReadOnlySpan<byte> utf8)
    {
        var hash = (uint)utf8.Length;
        foreach (var b in utf8)
            hash = (hash ^ b) * 16777619;
        ref var slot = ref Slots[(hash ^ hash >> 15) % Size];
        var known = Volatile.Read(ref slot);
        if (known is not null && Same(known, utf8))
            return known;
        var key = Encoding.UTF8.GetString(utf8);
        Volatile.Write(ref slot, key);
        return key;
    }

    private static bool Same(string known, ReadOnlySpan<byte> utf8) => Ascii.Equals(utf8, known);
}
