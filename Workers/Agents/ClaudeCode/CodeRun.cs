using System.Text.Json;
using AgentSystem.Protocol.Api;
using AgentSystem.Workers.Agents.Claude.Models;

namespace AgentSystem.Workers.Agents.ClaudeCode;

/// <summary>
/// What a run of Claude Code has told so far: its events (<c>--output-format stream-json</c>), one line each. One thread tells, another may ask.
/// </summary>
internal sealed class CodeRun
{
    private readonly Lock _gate = new();
    private readonly List<StreamedAnswer> _answers = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The last event, which says how it ended; null when there was none.</summary>
    public CodeResult? Result { get; private set; }

    /// <summary>Is over once there is a <see cref="Result"/>.</summary>
    public Task Ended => _ended.Task;

    /// <summary>The tool that it uses now.</summary>
    public string? Tool { get; private set; }

    /// <summary>Answers of the model so far.</summary>
    public int Turns
    {
        get
        {
            lock (_gate)
                return _answers.Count;
        }
    }

    /// <summary>Whether the model declined with its last answer.</summary>
    public bool IsRefused
    {
        get
        {
            lock (_gate)
                return _answers is [.., var last] && last.StopReason == ModelAnswer.Refusal;
        }
    }

    /// <summary>Tokens: as its result has them, else of the answers that were seen.</summary>
    public TokenUsage Usage
    {
        get
        {
            lock (_gate)
                return Result?.Usage ?? _answers.Aggregate(new TokenUsage(0, 0), static (sum, a) => new(
                    sum.Input + a.Usage.Input, sum.Output + a.Usage.Output, sum.CacheRead + a.Usage.CacheRead, sum.CacheWrite + a.Usage.CacheWrite));
        }
    }

    /// <summary>Takes the next line; what is no event is passed over.</summary>
    public void Apply(string line)
    {
        try
        {
            var e = JsonElement.Parse(line);
            lock (_gate)
                Apply(e);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            // A line that is not what we know tells us nothing; the result does, or that there is none.
        }
    }

    private void Apply(JsonElement e)
    {
        switch (Text(e, "type"))
        {
            case "stream_event" when e.TryGetProperty("event", out var streamed):
                if (Text(streamed, "type") == "message_start")
                    _answers.Add(new());
                if (_answers.Count > 0)
                    _answers[^1].Apply(streamed);
                break;
            case "assistant":
                foreach (var block in e.GetProperty("message").GetProperty("content").EnumerateArray().Where(b => Text(b, "type") == "tool_use"))
                    Tool = Text(block, "name");
                break;
            case "result":
                Result = CodeResult.Read(e);
                _ended.TrySetResult();
                break;
        }
    }

    internal static string? Text(JsonElement e, string name) =>
        e.ValueKind == JsonValueKind.Object && e.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}

/// <summary>How a run of Claude Code ended.</summary>
/// <param name="Subtype">
/// <c>success</c> also when the API failed; <c>error_max_turns</c>, <c>error_max_budget_usd</c>, <c>error_during_execution</c>.
/// </param>
/// <param name="IsError">Whether it failed, whatever the subtype says.</param>
/// <param name="ApiStatus">The API's HTTP status, when that was what failed.</param>
/// <param name="Text">What it says.</param>
/// <param name="SessionId">Its session.</param>
/// <param name="Turns">Turns that it took.</param>
/// <param name="CostUsd">What it cost, in USD, by its own prices.</param>
/// <param name="Usage">Tokens.</param>
/// <param name="Denied">Tools that it was not allowed to use.</param>
internal sealed record CodeResult(
    string Subtype, bool IsError, int? ApiStatus, string Text, string SessionId, int Turns, decimal CostUsd, TokenUsage Usage,
    IReadOnlyList<string> Denied)
{
    public static CodeResult Read(JsonElement e)
    {
        var usage = e.TryGetProperty("usage", out var u) ? u : default;
        return new(
            CodeRun.Text(e, "subtype") ?? "",
            e.TryGetProperty("is_error", out var error) && error.ValueKind == JsonValueKind.True,
            (int?)Number(e, "api_error_status"),
            CodeRun.Text(e, "result") ?? "",
            CodeRun.Text(e, "session_id") ?? "",
            (int)(Number(e, "num_turns") ?? 0),
            e.TryGetProperty("total_cost_usd", out var cost) && cost.ValueKind == JsonValueKind.Number && cost.TryGetDecimal(out var usd) ? usd : 0,
            new(Number(usage, "input_tokens") ?? 0, Number(usage, "output_tokens") ?? 0,
                Number(usage, "cache_read_input_tokens") ?? 0, Number(usage, "cache_creation_input_tokens") ?? 0),
            e.TryGetProperty("permission_denials", out var denials) && denials.ValueKind == JsonValueKind.Array
                ? [.. denials.EnumerateArray().Select(d => CodeRun.Text(d, "tool_name") ?? "?")]
                : []);
    }

    private static long? Number(JsonElement e, string name) =>
        e.ValueKind == JsonValueKind.Object && e.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt64(out var number) ? number : null;
}
