using System.Globalization;
using System.Text.Json;

namespace AgentSystem.TelemetryStore.Otlp;

/// <summary>
/// Translates OTLP's JSON form to the binary one, which is what is read and stored: names in lowerCamelCase, ids in hex, enums as
/// numbers, 64-bit integers as text or numbers, unknown members passed over.
/// </summary>
internal static class OtlpJson
{
    private const int MaxDepth = 200;

    internal static byte[] Traces(ReadOnlySpan<byte> json) => Translate(json, JsonSchema.TracesRequest);

    internal static byte[] Logs(ReadOnlySpan<byte> json) => Translate(json, JsonSchema.LogsRequest);

    internal static byte[] Metrics(ReadOnlySpan<byte> json) => Translate(json, JsonSchema.MetricsRequest);

    private static byte[] Translate(ReadOnlySpan<byte> json, JsonSchema schema)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
            reader.Read();
            var message = Message(ref reader, schema);
            return reader.Read() ? throw new OtlpFormatException("There is more behind the JSON object.") : message.ToArray();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new OtlpFormatException($"The JSON is malformed: {e.Message}", e);
        }
    }

    private static ProtoWriter Message(ref Utf8JsonReader json, JsonSchema schema)
    {
        if (json.TokenType != JsonTokenType.StartObject)
            throw new OtlpFormatException($"There is {json.TokenType} in place of an object at byte {json.TokenStartIndex}.");
        var message = new ProtoWriter();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var field = schema.Find(ref json);
            json.Read();
            if (field is null || json.TokenType == JsonTokenType.Null)
                json.Skip();
            else if (json.TokenType == JsonTokenType.StartArray && field.IsRepeated)
                while (json.Read() && json.TokenType != JsonTokenType.EndArray)
                    Value(ref json, field, message);
            else if (field.IsRepeated)
                throw new OtlpFormatException($"'{field.Name}' is no array at byte {json.TokenStartIndex}.");
            else
                Value(ref json, field, message);
        }
        return message;
    }

    private static void Value(ref Utf8JsonReader json, JsonSchema.Field field, ProtoWriter message)
    {
        switch (field.Type)
        {
            case JsonType.Text:
                message.Message(field.Number, JsonText.Of(ref json));
                break;
            case JsonType.Hex:
                message.Message(field.Number, Convert.FromHexString(json.GetString() ?? ""));
                break;
            case JsonType.Base64:
                message.Message(field.Number, json.GetBytesFromBase64());
                break;
            case JsonType.Bool:
                message.AlwaysVarint(field.Number, json.GetBoolean() ? 1UL : 0);
                break;
            case JsonType.Integer:
                message.AlwaysVarint(field.Number, Integer(ref json));
                break;
            case JsonType.Fixed64:
                message.AlwaysFixed64(field.Number, Integer(ref json));
                break;
            case JsonType.Fixed32:
                message.Fixed32(field.Number, checked((uint)Integer(ref json)));
                break;
            case JsonType.Number:
                message.AlwaysFixed64(field.Number, BitConverter.DoubleToUInt64Bits(Number(ref json)));
                break;
            default:
                message.Message(field.Number, Message(ref json, field.Message!()));
                break;
        }
    }

    private static ulong Integer(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.String)
            return json.TryGetUInt64(out var number) ? number : (ulong)json.GetInt64();
        var text = json.GetString()!;
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var unsigned)
            ? unsigned
            : (ulong)long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
    }

    private static double Number(ref Utf8JsonReader json) => json.TokenType != JsonTokenType.String ? json.GetDouble() : json.GetString() switch
    {
        "NaN" => double.NaN,
        "Infinity" => double.PositiveInfinity,
        "-Infinity" => double.NegativeInfinity,
        var text => double.Parse(text!, NumberStyles.Float, CultureInfo.InvariantCulture),
    };
}
