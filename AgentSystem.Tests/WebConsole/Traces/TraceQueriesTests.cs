using AgentSystem.WebConsole.Traces;

namespace AgentSystem.Tests.WebConsole.Traces;

public sealed class TraceQueriesTests
{
    [Theory]
    [InlineData("task_processing_duration_seconds_bucket", 0.0012, "1.20 ms")]
    [InlineData("task_queue_wait_seconds_bucket", 90, "1.50 min")]
    [InlineData("task_document_bytes_bucket", 2048, "2 KiB")]
    [InlineData("task_document_bytes_total", 512, "512 B")]
    [InlineData("task_retried_total", 3, "3")]
    [InlineData("task_seconds_bucket_size", 3, "3")]
    public void A_measurement_has_the_unit_of_its_name(string name, double value, string text) =>
        Assert.Equal(text, TraceQueries.ValueOf(new(new(default, value), new Dictionary<string, string> { ["__name__"] = name }, new Dictionary<string, string>())).Replace('\u00a0', ' '));
}
