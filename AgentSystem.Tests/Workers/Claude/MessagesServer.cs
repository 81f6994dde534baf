using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentSystem.Protocol.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentSystem.Tests.Workers.Claude;

/// <summary>A question as it came in.</summary>
public sealed record AskedMessage(JsonObject Body, IReadOnlyDictionary<string, string> Headers, int Number)
{
    public JsonArray Messages => Body["messages"]!.AsArray();

    /// <summary>The last message's text.</summary>
    public string Last => Messages[^1]!["content"] is JsonArray blocks
        ? string.Concat(blocks.Select(b => (string?)b!["text"]))
        : (string?)Messages[^1]!["content"] ?? "";

    /// <summary>What the tools said that the last answer asked for.</summary>
    public IEnumerable<(string Text, bool IsError)> ToolResults => Messages.Reverse().TakeWhile(m => (string?)m!["role"] != "assistant")
        .SelectMany(m => m!["content"] as JsonArray ?? []).Where(b => (string?)b!["type"] == "tool_result")
        .Select(b => (b!["content"] is JsonArray parts ? (string?)parts[0]!["text"] ?? "" : (string?)b["content"] ?? "", (bool?)b["is_error"] ?? false));
}

/// <summary>How to answer one question.</summary>
public sealed record Reply
{
    public IReadOnlyList<JsonObject> Blocks { get; init; } = [];
    public string StopReason { get; init; } = "end_turn";
    public int Status { get; init; } = 200;
    public string ErrorType { get; init; } = "";
    public string Message { get; init; } = "This error was asked for.";
    public string? RetryAfter { get; init; }

    /// <summary>After so many pieces of text the connection ends.</summary>
    public int? CutAfter { get; init; }

    /// <summary>After so many pieces of text an error event ends the stream.</summary>
    public int? ErrorAfter { get; init; }

    /// <summary>After so many pieces of text nothing more comes, and nothing ends.</summary>
    public int? StallAfter { get; init; }

    /// <summary>Pieces of text come this far from each other.</summary>
    public TimeSpan Drip { get; init; }

    /// <summary>No answer comes at all.</summary>
    public bool IsSilent { get; init; }

    /// <summary>Tokens of the question that are read from the cache.</summary>
    public int CacheRead { get; init; }

    public static Reply Say(string text) => new() { Blocks = [new() { ["type"] = "text", ["text"] = text }] };

    public static Reply Use(string tool, object input, string? id = null) => new()
    {
        StopReason = "tool_use",
        Blocks = [new() { ["type"] = "tool_use", ["id"] = id ?? $"toolu_{Guid.NewGuid():N}", ["name"] = tool, ["input"] = JsonSerializer.SerializeToNode(input) }],
    };

    public static Reply Fail(int status, string type, string? retryAfter = null) => new() { Status = status, ErrorType = type, RetryAfter = retryAfter };
}

/// <summary>
/// Speaks the Messages API on loopback, answers by a script, and keeps its own count of tokens and money: four characters a token, sonnet's
/// price. It bills what it has sent, also of answers that it broke off, and refuses what the real one would.
/// </summary>
public sealed class MessagesServer : IAsyncDisposable
{
    public const string Model = "claude-sonnet-5";
    private const int CharactersPerToken = 4, PieceLength = 24;
    private const decimal InputUsd = 2e-6m, OutputUsd = 10e-6m, CacheReadUsd = 0.2e-6m;

    private readonly WebApplication _app;
    private readonly Lock _gate = new();
    private int _number;

    private MessagesServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        _app = builder.Build();
        _app.MapPost("/v1/messages", AnswerAsync);
        _app.MapFallback(context => ErrorAsync(context, Reply.Fail(404, "not_found_error")));
    }

    public string Url => _app.Urls.Single();

    /// <summary>What to answer. Called for one question at a time.</summary>
    public Func<AskedMessage, Reply> Script { get; set; } = _ => Reply.Say("Done.");

    public ConcurrentQueue<AskedMessage> Asked { get; } = new();

    /// <summary>Answers that were billed.</summary>
    public int Billed { get; private set; }

    /// <summary>Tokens that were billed.</summary>
    public TokenUsage Usage { get; private set; } = new(0, 0);

    /// <summary>Money that was billed, in USD.</summary>
    public decimal CostUsd => Usage.Input * InputUsd + Usage.Output * OutputUsd + Usage.CacheRead * CacheReadUsd;

    /// <summary>Questions that wait for an answer or are being answered.</summary>
    public int Open => Volatile.Read(ref _open);

    private int _open;

    public static async Task<MessagesServer> StartAsync(Func<AskedMessage, Reply>? script = null)
    {
        var server = new MessagesServer();
        if (script is not null)
            server.Script = script;
        await server._app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var text = await reader.ReadToEndAsync();
        Reply reply;
        AskedMessage asked;
        lock (_gate)
        {
            asked = new(JsonNode.Parse(text)!.AsObject(), context.Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString()), ++_number);
            Asked.Enqueue(asked);
            reply = MessagesRules.Refusal(asked) ?? Script(asked);
        }
        Interlocked.Increment(ref _open);
        try
        {
            if (reply.IsSilent)
                await UntilGoneAsync(context);
            else if (reply.Status != 200)
                await ErrorAsync(context, reply);
            else
                await StreamAsync(context, asked, reply, Tokens(text));
        }
        catch (OperationCanceledException)
        {
            // The client has gone.
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task StreamAsync(HttpContext context, AskedMessage asked, Reply reply, int inputTokens)
    {
        context.Response.ContentType = "text/event-stream";
        var (sent, pieces, ended) = (0, 0, false);
        try
        {
            await SendAsync("message_start", new
            {
                message = new
                {
                    id = $"msg_{asked.Number}",
                    type = "message",
                    role = "assistant",
                    model = (string?)asked.Body["model"],
                    content = Array.Empty<object>(),
                    stop_reason = (string?)null,
                    stop_sequence = (string?)null,
                    usage = new { input_tokens = inputTokens - reply.CacheRead, output_tokens = 1, cache_read_input_tokens = reply.CacheRead, cache_creation_input_tokens = 0 },
                },
            });
            for (var i = 0; i < reply.Blocks.Count && !ended; i++)
            {
                var (index, block) = (i, reply.Blocks[i]);
                var isTool = (string?)block["type"] == "tool_use";
                await SendAsync("content_block_start", new
                {
                    index,
                    content_block = isTool
                        ? (object)new { type = "tool_use", id = (string?)block["id"], name = (string?)block["name"], input = new { } }
                        : new { type = "text", text = "" },
                });
                foreach (var piece in Pieces(isTool ? block["input"]!.ToJsonString() : (string)block["text"]!))
                {
                    if (pieces == reply.StallAfter)
                        await UntilGoneAsync(context);
                    if (pieces == reply.ErrorAfter)
                    {
                        await SendAsync("error", new { error = new { type = "overloaded_error", message = "Overloaded" } });
                        ended = true;
                        break;
                    }
                    if (pieces == reply.CutAfter)
                    {
                        await CutAsync(context);
                        ended = true;
                        break;
                    }
                    if (reply.Drip > TimeSpan.Zero)
                        await Task.Delay(reply.Drip, context.RequestAborted);
                    await SendAsync("content_block_delta", new
                    {
                        index,
                        delta = isTool ? (object)new { type = "input_json_delta", partial_json = piece } : new { type = "text_delta", text = piece },
                    });
                    (sent, pieces) = (sent + piece.Length, pieces + 1);
                }
                if (!ended)
                    await SendAsync("content_block_stop", new { index });
            }
            if (ended)
                return;
            await SendAsync("message_delta", new { delta = new { stop_reason = reply.StopReason, stop_sequence = (string?)null }, usage = new { output_tokens = Out() } });
            await SendAsync("message_stop", new { });
        }
        finally
        {
            lock (_gate)
            {
                Billed++;
                Usage = Usage with { Input = Usage.Input + inputTokens - reply.CacheRead, CacheRead = Usage.CacheRead + reply.CacheRead, Output = Usage.Output + Out() };
            }
        }

        int Out() => Math.Max(1, (sent + CharactersPerToken - 1) / CharactersPerToken);

        async Task SendAsync(string name, object data)
        {
            var json = JsonSerializer.SerializeToNode(data)!.AsObject();
            json["type"] = name;
            await context.Response.WriteAsync($"event: {name}\ndata: {json.ToJsonString()}\n\n", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    /// <summary>Says nothing until whoever asked has given up.</summary>
    private static async Task UntilGoneAsync(HttpContext context)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var _ = context.RequestAborted.Register(() => gone.TrySetCanceled());
        await gone.Task;
    }

    /// <summary>Ends the connection after what was sent has arrived, in the middle of the answer.</summary>
    private static async Task CutAsync(HttpContext context) =>
        await context.Features.Get<IConnectionTransportFeature>()!.Transport.Output.CompleteAsync();

    private static async Task ErrorAsync(HttpContext context, Reply reply)
    {
        context.Response.StatusCode = reply.Status;
        context.Response.ContentType = "application/json";
        if (reply.RetryAfter is not null)
            context.Response.Headers.RetryAfter = reply.RetryAfter;
        await context.Response.WriteAsync(JsonSerializer.Serialize(new { type = "error", error = new { type = reply.ErrorType, message = reply.Message }, request_id = "req_1" }));
    }

    private static int Tokens(string text) => (Encoding.UTF8.GetByteCount(text) + CharactersPerToken - 1) / CharactersPerToken;

    private static IEnumerable<string> Pieces(string text) => text.Chunk(PieceLength).Select(c => new string(c));
}
