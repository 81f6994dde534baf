using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using AgentSystem.Protocol;
using AgentSystem.Workers.Agents.Claude.Privacy;
using CsCheck;

namespace AgentSystem.Tests.Workers.Claude;

/// <summary>What telemetry and recordings keep of what was said.</summary>
public sealed class PrivacyTests
{
    private const string Secret = "The merger is on Friday, mail ada@example.com, password: hunter22";
    private const string Summary = """{"summary":{"text":"Friday. Ask ada@example.com."}}""";

    [Fact]
    public async Task Spans_follow_the_conventions_and_say_nothing_of_what_was_said()
    {
        var spans = await SpansAsync();

        var agent = Assert.Single(spans, s => s.OperationName == "invoke_agent marie");
        var chats = spans.Where(s => s.OperationName == $"chat {MessagesServer.Model}").ToList();
        Assert.Equal(2, chats.Count);
        var tool = Assert.Single(spans, s => s.OperationName == "execute_tool write_file");
        Assert.All([.. chats, tool], s => Assert.Equal(agent.SpanId, s.ParentSpanId));
        var chat = chats[0];
        Assert.Equal(ActivityKind.Client, chat.Kind);
        Assert.Equal(("chat", "anthropic", MessagesServer.Model, MessagesServer.Model, "msg_1", "t1", 8192, true), (
            chat.GetTagItem("gen_ai.operation.name"), chat.GetTagItem("gen_ai.provider.name"), chat.GetTagItem("gen_ai.request.model"), chat.GetTagItem("gen_ai.response.model"),
            chat.GetTagItem("gen_ai.response.id"), chat.GetTagItem("gen_ai.conversation.id"), chat.GetTagItem("gen_ai.request.max_tokens"), chat.GetTagItem("gen_ai.request.stream")));
        Assert.Equal(["tool_use"], (string[])chat.GetTagItem("gen_ai.response.finish_reasons")!);
        Assert.True((long)chat.GetTagItem("gen_ai.usage.input_tokens")! > 0 && (double)chat.GetTagItem("agentsystem.cost_usd")! > 0);
        Assert.Equal(chats.Sum(c => (long)c.GetTagItem("gen_ai.usage.output_tokens")!), agent.GetTagItem("gen_ai.usage.output_tokens"));
        Assert.Equal("toolu_1", tool.GetTagItem("gen_ai.tool.call.id"));

        Assert.DoesNotContain(spans, s => Text(s).Contains("merger", StringComparison.Ordinal) || Text(s).Contains("Friday", StringComparison.Ordinal) || Text(s).Contains(ClaudeWorker.Key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_content_is_asked_for_it_is_there_and_redacted()
    {
        var spans = await SpansAsync(("Claude:RecordContent", "true"), ("Claude:RedactPatterns:0", "mer[a-z]+r"));
        var all = string.Concat(spans.Select(Text));

        Assert.Contains("Friday", all, StringComparison.Ordinal);
        Assert.DoesNotContain("ada@example.com", all, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter22", all, StringComparison.Ordinal);
        Assert.DoesNotContain("merger", all, StringComparison.Ordinal);
        var tool = Assert.Single(spans, s => s.OperationName == "execute_tool write_file");
        Assert.Contains("notes.md", (string)tool.GetTagItem("gen_ai.tool.call.arguments")!, StringComparison.Ordinal);
        Assert.Equal("Written: notes.md", tool.GetTagItem("gen_ai.tool.call.result"));
    }

    [Fact]
    public async Task A_recorded_run_is_played_again_without_the_API()
    {
        await using var worker = await ClaudeWorker.StartAsync(
            asked => asked.Number switch
            {
                1 => Reply.Use("write_file", new { path = "notes.md", content = "Friday" }, "toolu_1"),
                2 => Reply.Use("ask_worker", new { type = "summarize", payload = new { text = "x" } }, "toolu_2"),
                _ => Reply.Say(Summary),
            },
            null, ("Claude:Record", "true"));
        var first = await worker.OutputAsync("t1", "summarize", new { text = Secret });
        var recording = File.ReadAllText(worker.Volume.Volume.RecordingPath("t1"));
        Assert.DoesNotContain("ada@example.com", recording, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter22", recording, StringComparison.Ordinal);
        var (asked, spent, children) = (worker.Api.Asked.Count, worker.Purse.SpentUsd, worker.Purse.Children.Count);

        var again = await worker.OutputAsync("t2", "summarize", new { text = Secret, agent = "recorded", recording = "t1" });

        Assert.Equal((asked, spent, children), (worker.Api.Asked.Count, worker.Purse.SpentUsd, worker.Purse.Children.Count));
        Assert.Equal($"Friday. Ask {Redactor.Mask}.", again.GetProperty("summary").GetProperty("text").GetString());
        Assert.Equal("Friday", File.ReadAllText(Path.Combine(worker.Volume.Volume.OutputDir("t2"), "notes.md")));
        Assert.Equal(("recorded", 3, 0m), (
            again.GetProperty("_agent").GetProperty("name").GetString(), again.GetProperty("_agent").GetProperty("turns").GetInt32(), again.GetProperty("_agent").GetProperty("cost_usd").GetDecimal()));
        Assert.Equal(3, first.GetProperty("_agent").GetProperty("turns").GetInt32());
        Assert.False(File.Exists(worker.Volume.Volume.RecordingPath("t2")));
    }

    [Theory]
    [InlineData("t9", "no_recording")]
    [InlineData("../t1", "invalid_payload")]
    [InlineData("short", "recording_over")]
    [InlineData("broken", "no_recording")]
    public async Task A_recording_that_is_none_fails_for_good(string recording, string error)
    {
        using var volume = new TestVolume();
        File.WriteAllText(volume.Volume.RecordingPath("short"), """{"kind":"run","task":"short"}""" + "\n");
        File.WriteAllText(volume.Volume.RecordingPath("broken"), "{");
        await using var worker = await WorkerHost.StartAsync(volume);
        volume.Place("t2", "summarize", new { text = "x", agent = "recorded", recording });
        var result = (await volume.ResultAsync("t2")).Error!;
        Assert.Equal((error, false), (result.Type, result.Retryable));
    }

    [Theory]
    [InlineData("mail ada.l@mail.example.org now", "mail [redacted] now")]
    [InlineData("key sk-ant-api03-abcdefghijklmnop-1", "key [redacted]")]
    [InlineData("Authorization: Bearer abc.def", "Authorization: Bearer [redacted]")]
    [InlineData("DB_PASSWORD=\"hunter2\";", "DB_PASSWORD=\"[redacted]\";")]
    [InlineData("ghp_0123456789abcdefghij0123", "[redacted]")]
    [InlineData("AKIAABCDEFGHIJKLMNOP", "[redacted]")]
    [InlineData("eyJhbGciOiJI.eyJzdWIiOiIx.sig-1", "[redacted]")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----", "[redacted]")]
    [InlineData("ours is our-own-key!", "ours is [redacted]!")]
    [InlineData("nothing to hide at 10:30, token of love", "nothing to hide at 10:30, token of love")]
    public void What_must_not_be_kept_is_masked_and_the_rest_is_left(string text, string kept) =>
        Assert.Equal(kept, new Redactor([], ["our-own-key"]).Redact(text));

    [Fact]
    public void A_redacted_node_is_JSON_of_the_same_shape_and_redacting_it_again_changes_nothing() =>
        (from texts in Gen.String.List[0, 5]
         from secret in Gen.Char["abcdefghij0123456789"].Array[20, 30]
         select (texts, secret: "sk-" + new string(secret)))
        .Sample(t =>
        {
            var redactor = new Redactor([], []);
            var node = new JsonObject { ["secret"] = "x1y2", ["c@d.example"] = "a name may be one, too", ["list"] = new JsonArray([.. t.texts.Select(x => (JsonNode)$"{x} {t.secret} a@b.example")]), ["n"] = 3, ["none"] = null };
            var once = redactor.Redact(node)!;
            Assert.Equal(t.texts.Count, once["list"]!.AsArray().Count);
            Assert.Equal((3, Redactor.Mask), ((int)once["n"]!, (string?)once["secret"]));
            Assert.DoesNotContain(t.secret, once.ToJsonString(), StringComparison.Ordinal);
            Assert.DoesNotContain("a@b.example", once.ToJsonString(), StringComparison.Ordinal);
            Assert.DoesNotContain("c@d.example", once.ToJsonString(), StringComparison.Ordinal);
            Assert.Equal(once.ToJsonString(), redactor.Redact(once)!.ToJsonString());
        }, iter: 200);

    /// <summary>The spans of a task whose model writes a file and then answers.</summary>
    private static async Task<IReadOnlyList<Activity>> SpansAsync(params (string Key, string Value)[] settings)
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == TelemetryNames.TaskSource,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var worker = await ClaudeWorker.StartAsync(
            asked => asked.Number == 1 ? Reply.Use("write_file", new { path = "notes.md", content = Secret }, "toolu_1") : Reply.Say(Summary), null, settings);
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        worker.Volume.Place(TestVolume.NewTask("t1", "summarize", new { text = Secret }, t => t with { TraceContext = new($"00-{trace}-00f067aa0ba902b7-01") }));
        var result = await worker.Volume.ResultAsync("t1");
        Assert.True(result.Error is null, result.Error?.ToString());
        await TestVolume.Until(() => spans.Any(s => s.TraceId.ToHexString() == trace && s.OperationName == "process marie"), "the last span");
        return [.. spans.Where(s => s.TraceId.ToHexString() == trace)];
    }

    private static string Text(Activity span) =>
        $"{span.OperationName} {span.StatusDescription} {string.Join(' ', span.TagObjects.Select(t => $"{t.Key}={t.Value}"))} {string.Join(' ', span.Events.SelectMany(e => e.Tags).Select(t => t.Value))}";
}
