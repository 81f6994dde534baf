using System.Buffers.Binary;
using System.Globalization;

namespace AgentSystem.TelemetryStore.Jaeger;

/// <summary>Trace ids and span ids as Jaeger writes and reads them.</summary>
internal static class TraceIds
{
    private const int LongestBase64 = 24;

    /// <summary>32 digits, or 16 for an id of 64 bits.</summary>
    internal static string Text(UInt128 id) => id >> 64 == 0 ? Text((ulong)id) : id.ToString("x32", CultureInfo.InvariantCulture);

    internal static string Text(ulong id) => id.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>Hex of any length up to 32, in whatever case.</summary>
    internal static UInt128 ParseHex(string text) => text.Length switch
    {
        > 32 => throw new ParameterException($"TraceID cannot be longer than 32 hex characters: {text}"),
        > 16 => new UInt128(GoText.ParseHex(text[..^16]), GoText.ParseHex(text[^16..])),
        _ => GoText.ParseHex(text),
    };

    /// <summary>Hex, or the base64 that OTLP's JSON has in other programs.</summary>
    internal static UInt128 Parse(string text)
    {
        try
        {
            return ParseHex(text);
        }
        catch (ParameterException) when (text.Length <= LongestBase64 && FromBase64(text) is { } bytes)
        {
            return bytes.Length switch
            {
                16 => BinaryPrimitives.ReadUInt128BigEndian(bytes),
                8 => BinaryPrimitives.ReadUInt64BigEndian(bytes),
                _ => throw new ParameterException("invalid length for TraceID"),
            };
        }
    }

    private static byte[]? FromBase64(string text)
    {
        var standard = text.Replace('-', '+').Replace('_', '/');
        if (!standard.Contains('='))
            standard = standard.PadRight((standard.Length + 3) / 4 * 4, '=');
        var bytes = new byte[LongestBase64];
        return Convert.TryFromBase64String(standard, bytes, out var count) ? bytes[..count] : null;
    }
}
