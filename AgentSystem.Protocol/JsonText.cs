using System.Text.Json;

namespace AgentSystem.Protocol;

/// <summary>
/// Finds what JSON's grammar allows and no text can hold: half of a surrogate pair, written as an escape such as <c>\ud800</c>.
/// Reading such a string throws only where somebody needs it, so it is refused where it comes in.
/// </summary>
public static class JsonText
{
    /// <summary>For people: what is wrong with JSON that is not <see cref="IsWhole"/>.</summary>
    public const string Problem = "a text holds half of a surrogate pair (an escape from \\ud800 to \\udfff that stands alone); write the whole character";

    /// <summary>Whether every string and every name is text. What is not JSON at all is left for its parser to judge.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IndexOf("\\u"u8) < 0)
            return true;
        var reader = new Utf8JsonReader(utf8);
        try
        {
            while (reader.Read())
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                    reader.GetString();
            return true;
        }
        catch (JsonException)
        {
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
