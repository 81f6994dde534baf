using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AgentSystem.TelemetryStore.Otlp;

/// <summary>
/// Texts in JSON as Go's readers take them, which the collector and Loki use: half of a surrogate pair becomes U+FFFD, where .NET's reader
/// would refuse the whole request.
/// </summary>
internal static class JsonText
{
    /// <summary>The UTF-8 of the text that the reader is at.</summary>
    internal static byte[] Of(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.String)
            throw new OtlpFormatException($"There is {json.TokenType} in place of a text at byte {json.TokenStartIndex}.");
        return json.ValueIsEscaped ? Unescape(json.ValueSpan) : json.ValueSpan.ToArray();
    }

    // The reader has checked that the escapes are well-formed, and none is shorter than what it stands for.
    private static byte[] Unescape(ReadOnlySpan<byte> text)
    {
        var output = new byte[text.Length];
        var count = 0;
        while (!text.IsEmpty)
        {
            var plain = text.IndexOf((byte)'\\');
            if (plain != 0)
            {
                plain = plain < 0 ? text.Length : plain;
                text[..plain].CopyTo(output.AsSpan(count));
                count += plain;
                text = text[plain..];
                continue;
            }
            if (text[1] != 'u')
            {
                output[count++] = Short(text[1]);
                text = text[2..];
                continue;
            }
            var rune = Unit(ref text);
            if (char.IsHighSurrogate(rune) && text.StartsWith("\\u"u8) && char.IsLowSurrogate(Peek(text)))
                count += new Rune(rune, Unit(ref text)).EncodeToUtf8(output.AsSpan(count));
            else
                count += (char.IsSurrogate(rune) ? Rune.ReplacementChar : new Rune(rune)).EncodeToUtf8(output.AsSpan(count));
        }
        return output[..count];
    }

    private static byte Short(byte escape) => escape switch
    {
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        _ => escape,
    };

    private static char Unit(ref ReadOnlySpan<byte> text)
    {
        var unit = Peek(text);
        text = text[6..];
        return unit;
    }

    private static char Peek(ReadOnlySpan<byte> text) => (char)ushort.Parse(text.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
