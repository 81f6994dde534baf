using System.Text;
using AgentSystem.TelemetryStore.Logs;
using AgentSystem.TelemetryStore.Loki;
using AgentSystem.TelemetryStore.Otlp;

namespace AgentSystem.Tests.TelemetryStore.Logs;

/// <summary>OTLP's log records as Loki 3.7 keeps them by default.</summary>
public sealed class OtlpLogsTests
{
    [Fact]
    public void Well_known_resource_attributes_become_index_labels_and_everything_else_metadata()
    {
        var entry = Convert("""
            { "resource": { "attributes": [
                { "key": "service.name", "value": { "stringValue": "marie" } }, { "key": "service.instance.id", "value": { "stringValue": "marie-1" } },
                { "key": "deployment.environment.name", "value": { "stringValue": "lab" } }, { "key": "host.name", "value": { "stringValue": "box" } } ] },
              "scopeLogs": [ { "scope": { "name": "Watcher", "version": "2" }, "logRecords": [ {
                "timeUnixNano": "5", "observedTimeUnixNano": 6, "severityNumber": 13, "severityText": "Warning", "body": { "stringValue": "hello" }, "flags": 1,
                "traceId": "0102030405060708090A0B0C0D0E0F10", "spanId": "0102030405060708", "droppedAttributesCount": 2,
                "attributes": [ { "key": "task.id", "value": { "stringValue": "01JC" } } ] } ] } ] }
            """);

        Assert.Equal((5, "hello"), (entry.TimestampNanos, entry.Line));
        Assert.Equal("deployment_environment_name=lab service_instance_id=marie-1 service_name=marie", Text(entry.Stream));
        Assert.Equal(
            "detected_level=warn dropped_attributes_count=2 flags=1 host_name=box observed_timestamp=6 scope_name=Watcher scope_version=2 severity_number=13 "
            + "severity_text=Warning span_id=0102030405060708 task_id=01JC trace_id=0102030405060708090a0b0c0d0e0f10", Text(entry.Metadata));
    }

    [Fact]
    public void Maps_are_flattened_lists_become_JSON_and_empty_values_vanish()
    {
        var entry = Convert("""
            { "scopeLogs": [ { "logRecords": [ { "timeUnixNano": "1", "body": { "stringValue": "x" }, "attributes": [
                { "key": "http", "value": { "kvlistValue": { "values": [ { "key": "method", "value": { "stringValue": "GET" } },
                    { "key": "status.code", "value": { "intValue": "200" } } ] } } },
                { "key": "list", "value": { "arrayValue": { "values": [ { "stringValue": "<a>" }, { "doubleValue": 1e21 }, { "boolValue": true } ] } } },
                { "key": "empty", "value": { "stringValue": "" } }, { "key": "nothing", "value": {} }, { "key": "7 days--ago", "value": { "doubleValue": 0.5 } } ] } ] } ] }
            """);

        Assert.Equal("service_name=unknown_service", Text(entry.Stream));
        Assert.Equal("detected_level=unknown http_method=GET http_status_code=200 key_7_days_ago=0.5 list=[\"<a>\",1e+21,true]", Text(entry.Metadata));
    }

    [Fact]
    public void A_record_without_a_time_takes_the_observed_one_or_that_of_its_arrival()
    {
        Assert.Equal(7, Convert("""{ "scopeLogs": [ { "logRecords": [ { "observedTimeUnixNano": "7", "body": { "stringValue": "x" } } ] } ] }""").TimestampNanos);
        Assert.Equal(99, Convert("""{ "scopeLogs": [ { "logRecords": [ { "body": { "stringValue": "x" } } ] } ] }""").TimestampNanos);
    }

    [Fact]
    public void Without_a_service_name_a_container_or_job_gives_it() =>
        Assert.Equal("k8s_container_name=box service_name=box", Text(Convert("""
            { "resource": { "attributes": [ { "key": "k8s.container.name", "value": { "stringValue": "box" } } ] },
              "scopeLogs": [ { "logRecords": [ { "body": { "stringValue": "x" } } ] } ] }
            """).Stream));

    [Fact]
    public void A_body_that_is_no_text_is_written_as_JSON() =>
        Assert.Equal("""{"a":[1,null],"b":"AQ=="}""", Convert("""
            { "scopeLogs": [ { "logRecords": [ { "body": { "kvlistValue": { "values": [ { "key": "b", "value": { "bytesValue": "AQ==" } },
                { "key": "a", "value": { "arrayValue": { "values": [ { "intValue": 1 }, {} ] } } } ] } } } ] } ] }
            """).Line);

    [Fact]
    public void A_line_that_is_too_long_for_Loki_is_counted_and_left_out()
    {
        var (entries, tooLong, _) = Read($$"""{ "scopeLogs": [ { "logRecords": [ { "body": { "stringValue": "{{new string('x', 256 * 1024 + 1)}}" } }, { "body": { "stringValue": "y" } } ] } ] }""");

        Assert.Equal("y", Assert.Single(entries).Line);
        Assert.Equal(1, tooLong);
    }

    [Theory]
    [InlineData("http.method", "http_method")]
    [InlineData("a--b..c", "a_b_c")]
    [InlineData("1st", "key_1st")]
    [InlineData("__reserved.name__", "__reserved_name__")]
    [InlineData("_private", "_private")]
    [InlineData("größe", "gr_e")]
    public void Names_become_labels_as_Prometheus_translates_them(string attribute, string label) => Assert.Equal(label, LokiNames.Of(attribute));

    [Theory]
    [InlineData("")]
    [InlineData("...")]
    [InlineData("名前")]
    public void A_name_of_which_nothing_is_left_is_refused_where_Loki_refuses_it(string attribute) =>
        Assert.Throws<OtlpFormatException>(() => LokiNames.Of(attribute));

    [Theory]
    [InlineData("http.method", "http_method")]
    [InlineData("...", "U___2e__2e__2e_")]
    [InlineData("名前", "U___540d__524d_")]
    [InlineData("_é", "U_____e9_")]
    [InlineData("😀", "U___1f600_")]
    [InlineData("", null)]
    public void A_name_of_which_nothing_is_left_is_escaped_as_Prometheus_does(string attribute, string? label) =>
        Assert.Equal(label, LabelNames.OrEscaped(attribute));

    [Fact]
    public void An_attribute_without_a_name_is_left_out_and_counted()
    {
        var (entries, _, unnamed) = Read("""
            { "scopeLogs": [ { "logRecords": [ { "body": { "stringValue": "x" }, "attributes": [ { "key": "", "value": { "stringValue": "lost" } },
                { "key": "", "value": { "kvlistValue": { "values": [ { "key": "kept", "value": { "intValue": "1" } } ] } } } ] } ] } ] }
            """);

        Assert.Equal("detected_level=unknown kept=1", Text(Assert.Single(entries).Metadata));
        Assert.Equal(1, unnamed);
    }

    [Theory]
    [InlineData("\\ud800", "\uFFFD")]
    [InlineData("\\udc00x", "\uFFFDx")]
    [InlineData("a\\ud83d\\ude00\\u00e9\\n\\\"\\\\\\/", "a😀é\n\"\\/")]
    [InlineData("\\ud83dx\\ud83d\\u0041", "\uFFFDx\uFFFDA")]
    public void Half_a_surrogate_pair_becomes_the_replacement_character(string json, string text) => Assert.Equal(
        text, Convert($$"""{ "scopeLogs": [ { "logRecords": [ { "body": { "stringValue": "{{json}}" } } ] } ] }""").Line);

    [Theory]
    [InlineData("level=error msg=\"x\"", "error")]
    [InlineData("msg=x lvl=WRN", "warn")]
    [InlineData("""{"message":"info","level":"Fatal"}""", "fatal")]
    [InlineData("""{"log":{"level":"debug"}}""", "debug")]
    [InlineData("""{"a":{"b":{"level":"dbg"}},"text":"all good"}""", "unknown")]
    [InlineData("[ERROR] it broke, said the info desk", "error")]
    [InlineData("information wants to be free", "unknown")]
    [InlineData("misc:error is no level", "unknown")]
    [InlineData("warning: low disk", "warn")]
    [InlineData("nothing of interest", "unknown")]
    public void A_level_is_guessed_from_the_line(string line, string level) => Assert.Equal(level, DetectedLevel.Of(line, [], []));

    [Fact]
    public void A_level_that_is_named_counts_more_than_the_line()
    {
        Assert.Equal("info", DetectedLevel.Of("error", [new("level", "Information")], [new("severity_number", "17")]));
        Assert.Equal("strange", DetectedLevel.Of("error", [], [new("severity_text", "strange")]));
        Assert.Equal("error", DetectedLevel.Of("info", [], [new("severity_number", "17")]));
    }

    private static LogEntry Convert(string resourceLogs) => Assert.Single(Read(resourceLogs).Entries);

    private static (List<LogEntry> Entries, int TooLong, int Unnamed) Read(string resourceLogs) =>
        OtlpLogs.Convert(OtlpProto.Logs(OtlpJson.Logs(Encoding.UTF8.GetBytes($$"""{ "resourceLogs": [ {{resourceLogs}} ] }"""))), nowNanos: 99);

    private static string Text(IReadOnlyList<Label> labels) => string.Join(' ', labels.Select(l => $"{l.Name}={l.Value}"));
}
