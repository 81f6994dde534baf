using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentSystem.Protocol;

/// <summary>What a status line says about a task.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<LineStatus>))]
public enum LineStatus
{
    /// <summary>A worker moved the file to its active folder.</summary>
    Claimed,
    /// <summary>The agent began.</summary>
    Started,
    /// <summary>The agent is at <see cref="StatusLine.Progress"/>.</summary>
    Progress,
    /// <summary>A tool was used (from a hook).</summary>
    Tool,
    /// <summary>A result file with success is there.</summary>
    Completed,
    /// <summary>A result file with a failure is there.</summary>
    Failed,
    /// <summary>The worker put the file back, unfinished.</summary>
    Released,
}

/// <summary>
/// One line on a worker's pipe: a JSON object and <c>\n</c>, at most <see cref="ProtocolLimits.StatusLineBytes"/> bytes.
/// It is a hint that something happened; what happened is in the files.
/// </summary>
public sealed record StatusLine
{
    /// <summary>Version of the format.</summary>
    [JsonPropertyName("v")]
    public int Version { get; set; } = ProtocolLimits.Version;

    /// <summary>The task that it is about.</summary>
    public required string TaskId { get; init; }

    /// <summary>The worker that has it.</summary>
    public required string Worker { get; init; }

    /// <summary>The attempt that it is about.</summary>
    public int Attempt { get; set; } = 1;

    /// <summary>What happened.</summary>
    public required LineStatus Status { get; init; }

    /// <summary>From 0 to 1; null when unknown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Progress { get; init; }

    /// <summary>For people.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Message { get; init; }

    /// <summary>True when <see cref="Message"/> was cut to make the line fit.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Truncated { get; init; }

    /// <summary>When it happened (UTC).</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The span that sent it, as W3C traceparent; empty when there is none.</summary>
    public string Traceparent { get; set; } = "";

    /// <summary>
    /// The line as UTF-8 with its newline. A message that does not fit is cut at a character and marked <see cref="Truncated"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The line does not fit even without its message.</exception>
    public byte[] ToBytes()
    {
        var line = Encode(this);
        if (line.Length <= ProtocolLimits.StatusLineBytes)
            return line;

        // JSON escapes make the encoded length of a prefix unpredictable but monotonic in its number of characters: bisect.
        var message = Message ?? "";
        byte[]? best = null;
        for (int low = 0, high = message.Length; low <= high;)
        {
            var middle = (low + high) / 2;
            var candidate = Encode(this with { Message = Prefix(message, middle), Truncated = true });
            if (candidate.Length <= ProtocolLimits.StatusLineBytes)
                (best, low) = (candidate, middle + 1);
            else
                high = middle - 1;
        }
        return best ?? throw new ArgumentException("A status line must fit in 4,096 bytes without its message; its ids are too long.");
    }

    /// <summary>Reads a line without its newline.</summary>
    /// <param name="utf8">The bytes between two newlines.</param>
    /// <param name="line">The line, when it is one.</param>
    /// <param name="error">For people: why it is none.</param>
    public static bool TryParse(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out StatusLine? line, out string error)
    {
        line = null;
        if (utf8.Length >= ProtocolLimits.StatusLineBytes)
        {
            error = $"longer than {ProtocolLimits.StatusLineBytes} bytes";
            return false;
        }
        if (!JsonText.IsWhole(utf8))
        {
            error = $"not a status line: {JsonText.Problem}";
            return false;
        }
        StatusLine? read;
        try
        {
            read = JsonSerializer.Deserialize(utf8, ProtocolJson.Default.StatusLine);
        }
        catch (JsonException e)
        {
            error = $"not a status line: {e.Message}";
            return false;
        }
        error = read switch
        {
            null => "not a status line: null",
            { Version: not ProtocolLimits.Version } => $"version {read.Version} is unknown; this reader knows {ProtocolLimits.Version}",
            _ when !Protocol.TaskId.IsValid(read.TaskId) => "task_id is not a valid task id",
            { Progress: < 0 or > 1 or double.NaN } => "progress must lie between 0 and 1",
            _ => "",
        };
        if (error.Length > 0)
            return false;
        line = read!;
        return true;
    }

    private static byte[] Encode(StatusLine line)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(line, ProtocolJson.Default.StatusLine);
        Array.Resize(ref json, json.Length + 1);
        json[^1] = (byte)'\n';
        return json;
    }

    private static string Prefix(string text, int length) =>
        length > 0 && length < text.Length && char.IsHighSurrogate(text[length - 1]) ? text[..(length - 1)] : text[..length];
}
