using System.Text;
using System.Text.Json;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Tests.Protocol;

public class DefaultsTests
{
    [Fact]
    public void An_absent_field_of_a_task_file_has_its_default_and_an_unknown_one_is_kept()
    {
        const string Json = """{"id":"a","type":"t","worker":"marie","created_at":"2026-11-24T00:00:00Z","payload":{},"later":1}""";
        var task = JsonSerializer.Deserialize(Json, ProtocolJson.Default.AgentTask)!;

        Assert.Equal((1, TaskPriority.Normal, 1, 3), (task.Version, task.Priority, task.Attempt, task.MaxAttempts));
        Assert.Equal(TraceCarrier.Empty, task.TraceContext);
        Assert.Contains("\"later\":1", JsonSerializer.Serialize(task, ProtocolJson.Default.AgentTask), StringComparison.Ordinal);
    }

    [Fact]
    public void An_absent_field_of_a_status_line_has_its_default()
    {
        const string Json = """{"task_id":"a","worker":"marie","status":"tool","at":"2026-11-24T00:00:00Z"}""";

        Assert.True(StatusLine.TryParse(Encoding.UTF8.GetBytes(Json), out var line, out var error), error);
        Assert.Equal((1, 1, ""), (line.Version, line.Attempt, line.Traceparent));
    }

    [Fact]
    public void A_submission_without_priority_is_normal() =>
        Assert.Equal(TaskPriority.Normal, JsonSerializer.Deserialize("{}", ApiJson.Default.TaskSubmission)!.Priority);
}
