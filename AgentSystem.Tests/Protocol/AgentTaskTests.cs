using System.Text.Json;
using System.Text.Json.Nodes;
using AgentSystem.Protocol;
using CsCheck;

namespace AgentSystem.Tests.Protocol;

public sealed class AgentTaskTests
{
    private static readonly string[] Known =
    [
        "v", "id", "type", "priority", "worker", "attempt", "max_attempts", "created_at", "deadline", "idempotency_key", "payload",
        "_trace_context", "_previous_attempt",
    ];

    private static readonly Gen<string> GenName = Gen.String[Gen.Char.AlphaNumeric, 1, 12].Where(n => !Known.Contains(n));

    private static readonly Gen<JsonNode?> GenJson = Gen.OneOf(
        Gen.Const((JsonNode?)null),
        Gen.Bool.Select(b => (JsonNode?)JsonValue.Create(b)),
        Gen.Long.Select(l => (JsonNode?)JsonValue.Create(l)),
        Gen.String[Gen.Char.AlphaNumeric, 0, 20].Select(s => (JsonNode?)JsonValue.Create(s)),
        Gen.Int.Array[0, 4].Select(a => (JsonNode?)new JsonArray([.. a.Select(i => (JsonNode?)JsonValue.Create(i))])));

    [Fact]
    public void Fields_that_this_version_does_not_know_survive_reading_and_writing() =>
        Gen.Select(Gen.Dictionary(GenName, GenJson)[0, 5], Gen.Dictionary(GenName, GenJson)[0, 5]).Sample((extra, payload) =>
        {
            var file = new JsonObject(extra.Select(e => KeyValuePair.Create(e.Key, e.Value?.DeepClone())))
            {
                ["id"] = "a",
                ["type"] = "summarize",
                ["worker"] = "marie",
                ["created_at"] = "2026-11-23T19:28:39.123Z",
                ["payload"] = new JsonObject(payload.Select(e => KeyValuePair.Create(e.Key, e.Value?.DeepClone()))),
            };
            var task = JsonSerializer.Deserialize(file.ToJsonString(), ProtocolJson.Default.AgentTask)!;
            var again = JsonNode.Parse(JsonSerializer.SerializeToUtf8Bytes(task, ProtocolJson.Default.AgentTask))!.AsObject();

            foreach (var (name, value) in file)
                Assert.True(JsonNode.DeepEquals(value, again[name]), $"{name}: {value?.ToJsonString()} became {again[name]?.ToJsonString()}");
        });

    [Fact]
    public void What_a_task_says_survives_writing_and_reading() => Gen.Select(
        Gen.Enum<TaskPriority>(), Gen.Int[1, 100], Gen.String.Null(), Gen.Long[0, 4_000_000_000_000], Gen.Bool).Sample((priority, attempt, key, ms, late) =>
    {
        var task = new AgentTask
        {
            Id = "a",
            Type = "summarize",
            Priority = priority,
            Worker = "marie",
            Attempt = attempt,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(ms),
            Deadline = late ? DateTimeOffset.FromUnixTimeMilliseconds(ms + 1) : null,
            IdempotencyKey = key is null ? null : string.Concat(key.Where(c => !char.IsSurrogate(c))),
            Payload = JsonDocument.Parse("""{"path":"a.md"}""").RootElement,
            TraceContext = new("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "a=b", "tenant=acme"),
            PreviousAttempt = late ? "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01" : null,
        };
        var read = JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(task, ProtocolJson.Default.AgentTask), ProtocolJson.Default.AgentTask)!;

        Assert.Equal("a.md", read.Payload.GetProperty("path").GetString());
        Assert.Equal(task with { Payload = default, Extensions = null }, read with { Payload = default, Extensions = null });
    });
}
