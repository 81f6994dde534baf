using System.Text.Json;
using System.Text.Json.Nodes;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using AgentSystem.Tests.Support;
using AgentSystem.Workers.Agents;
using AgentSystem.Workers.Agents.Claude.Models;
using AgentSystem.Workers.Agents.Claude.Tools;
using AgentSystem.Workers.Agents.Claude.Work;
using CsCheck;
using Microsoft.Extensions.Options;

namespace AgentSystem.Tests.Workers.Claude;

/// <summary>The parts that an agent is made of, one by one.</summary>
public sealed class PartsTests
{
    [Fact]
    public void A_stream_becomes_the_same_answer_however_it_is_cut_into_pieces() =>
        (from text in Gen.String[Gen.Char.AlphaNumeric, 0, 200]
         from value in Gen.String[Gen.Char.AlphaNumeric, 0, 50]
         from size in Gen.Int[1, 20]
         select (text, value, size))
        .Sample(t =>
        {
            var answer = new StreamedAnswer();
            var input = JsonSerializer.Serialize(new { key = t.value });
            foreach (var e in Events(t.text, input, t.size))
                answer.Apply(JsonSerializer.SerializeToElement(e));
            var whole = answer.ToAnswer();
            Assert.True(answer.IsComplete);
            Assert.Equal(t.text, whole.Text);
            Assert.Equal(t.value, Assert.Single(whole.ToolCalls).Input.GetProperty("key").GetString());
            Assert.Equal(("tool_use", new TokenUsage(10, 7, 2, 3)), (whole.StopReason, whole.Usage));
        }, iter: 100);

    [Fact]
    public void Wherever_a_stream_ends_what_went_in_is_known_and_what_came_out_is_estimated_from_below_to_above() =>
        (from length in Gen.Int[1, 400]
         from size in Gen.Int[1, 20]
         from end in Gen.Int[1, 1000]
         select (length, size, end))
        .Sample(t =>
        {
            var answer = new StreamedAnswer();
            var seen = 0;
            foreach (var e in Events(new string('x', t.length), "", t.size).Take(t.end))
            {
                answer.Apply(JsonSerializer.SerializeToElement(e));
                seen += (string?)e["delta"]?["text"] is { } piece ? piece.Length : 0;
            }
            Assert.True(answer.HasBegun);
            Assert.Equal((10, 2, 3), (answer.Usage.Input, answer.Usage.CacheRead, answer.Usage.CacheWrite));
            if (!answer.IsComplete && answer.ToAnswer().StopReason.Length == 0)
                Assert.Equal(Math.Max(1, (seen + 3) / 4), answer.Usage.Output);
        }, iter: 100);

    [Fact]
    public void Thoughts_keep_their_signature_so_that_they_can_be_sent_back()
    {
        var answer = new StreamedAnswer();
        foreach (var json in new[]
        {
            """{"type":"message_start","message":{"id":"m","model":"x","usage":{"input_tokens":1,"output_tokens":1}}}""",
            """{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"sig"}}""",
            """{"type":"content_block_stop","index":0}""",
            """{"type":"ping"}""",
            """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":5}}""",
            """{"type":"message_stop"}""",
        })
            answer.Apply(JsonElement.Parse(json));
        Assert.Equal("""[{"type":"thinking","thinking":"hm","signature":"sig"}]""", answer.ToAnswer().Content.ToJsonString());
        Assert.Equal("", answer.ToAnswer().Text);
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("a\\..\\x")]
    [InlineData("")]
    [InlineData("a//b")]
    [InlineData("a/\0b")]
    [InlineData("link/x")]
    public void There_is_no_way_out_of_the_output_folder(string path)
    {
        using var folder = new TempFolder();
        var volume = new SharedVolume(folder["shared"]);
        volume.EnsureCreated();
        var output = OutputFolder.Of(volume, "t1");
        Directory.CreateSymbolicLink(Path.Combine(output.Path, "link"), folder.Path);

        Assert.Equal("path_outside_output", Assert.Throws<AgentException>(() => output.Write(path, "x")).ErrorType);
        Assert.Equal(["shared"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Whatever_path_a_model_thinks_of_either_fails_or_lies_inside()
    {
        using var folder = new TempFolder();
        var volume = new SharedVolume(folder["shared"]);
        volume.EnsureCreated();
        var output = OutputFolder.Of(volume, "t1");
        var step = Gen.OneOf(Gen.Const(".."), Gen.Const("."), Gen.Const("a"), Gen.Const("b.md"), Gen.Const(""), Gen.Const("~"), Gen.Const("%2e%2e"));
        step.Array[1, 6].Sample(
            steps =>
            {
                try
                {
                    output.Write(string.Join('/', steps), "x");
                }
                catch (AgentException e)
                {
                    Assert.Contains(e.ErrorType, (string[])["path_outside_output", "unwritable"]);
                }
            }, iter: 300, threads: 1);
        Assert.Equal(["shared"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName));
        Assert.Equal(["t1"], Directory.EnumerateFileSystemEntries(volume.OutputsDir).Select(Path.GetFileName));
    }

    [Fact]
    public void A_file_replaces_a_link_and_does_not_follow_it()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["precious"], "kept");
        var volume = new SharedVolume(folder["shared"]);
        volume.EnsureCreated();
        var output = OutputFolder.Of(volume, "t1");
        File.CreateSymbolicLink(Path.Combine(output.Path, "out.md"), folder["precious"]);
        output.Write("out.md", "new");
        Assert.Equal(("kept", "new"), (File.ReadAllText(folder["precious"]), File.ReadAllText(Path.Combine(output.Path, "out.md"))));
    }

    [Theory]
    [InlineData("""{"n":1}""", true)]
    [InlineData("```json\n{\"n\":1}\n```", true)]
    [InlineData("""{"n":"1"}""", false)]
    [InlineData("""{}""", false)]
    [InlineData("Here it is: {\"n\":1}", false)]
    public void An_answer_is_checked_against_its_schema(string answer, bool valid)
    {
        var schema = AnswerSchema.Parse(JsonElement.Parse("""{"$id":"https://example.com/s","type":"object","required":["n"],"properties":{"n":{"type":"integer"}}}"""));
        var (value, problems) = schema.Check(answer);
        Assert.Equal((valid, !valid), (value is not null, problems is { Length: > 0 }));
    }

    [Fact]
    public void The_same_schema_may_come_again() =>
        Assert.All(Enumerable.Range(0, 3), _ => An_answer_is_checked_against_its_schema("""{"n":1}""", valid: true));

    [Fact]
    public void What_is_no_schema_is_refused() =>
        Assert.Equal("invalid_payload", Assert.Throws<AgentException>(() => AnswerSchema.Parse(JsonElement.Parse("""{"type":42}"""))).ErrorType);

    [Theory]
    [InlineData(429, "rate_limited")]
    [InlineData(529, "overloaded")]
    [InlineData(500, "overloaded")]
    [InlineData(503, "overloaded")]
    [InlineData(504, "timeout")]
    [InlineData(401, "auth")]
    [InlineData(403, "auth")]
    [InlineData(404, "invalid_request")]
    public void Each_status_has_its_kind(int status, string kind) => Assert.Equal(kind, ModelErrorKinds.OfStatus(status).ToName());

    [Theory]
    [InlineData("Claude:MaxTurns", "0", "Claude:MaxTurns")]
    [InlineData("Claude:Code:MaxTurns", "0", "Claude:Code:MaxTurns")]
    [InlineData("Claude:Breaker:FailureRatio", "2", "Claude:Breaker:FailureRatio")]
    [InlineData("Claude:RedactPatterns:0", "(", "Claude:RedactPatterns")]
    [InlineData("Claude:RedactPatterns:0", "(?<=a)b", "Claude:RedactPatterns")]
    [InlineData("Claude:Workers:marie:TaskTypes:0", "dance", "task type")]
    [InlineData("Claude:Fallback:Agents:0", "nobody", "'nobody'")]
    [InlineData("Worker:Agent", "anthropic", "needs a key")]
    public async Task A_setting_that_makes_no_sense_is_told_at_the_start(string key, string value, string said)
    {
        using var volume = new TestVolume();
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => WorkerHost.StartAsync(volume, null, (key, value)));
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<JsonObject> Events(string text, string input, int size)
    {
        static JsonObject Node(object value) => JsonSerializer.SerializeToNode(value)!.AsObject();
        yield return Node(new { type = "message_start", message = new { id = "m", model = "x", usage = new { input_tokens = 10, output_tokens = 1, cache_read_input_tokens = 2, cache_creation_input_tokens = 3 } } });
        yield return Node(new { type = "content_block_start", index = 0, content_block = new { type = "text", text = "" } });
        foreach (var piece in text.Chunk(size))
            yield return Node(new { type = "content_block_delta", index = 0, delta = new { type = "text_delta", text = new string(piece) } });
        yield return Node(new { type = "content_block_stop", index = 0 });
        yield return Node(new { type = "content_block_start", index = 1, content_block = new { type = "tool_use", id = "t", name = "n", input = new { } } });
        foreach (var piece in input.Chunk(size))
            yield return Node(new { type = "content_block_delta", index = 1, delta = new { type = "input_json_delta", partial_json = new string(piece) } });
        yield return Node(new { type = "content_block_stop", index = 1 });
        yield return Node(new { type = "message_delta", delta = new { stop_reason = "tool_use" }, usage = new { output_tokens = 7 } });
        yield return Node(new { type = "message_stop" });
    }
}
