using System.Globalization;
using AgentSystem.Protocol;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;
using Serilog.Formatting.Json;

namespace AgentSystem.ServiceDefaults.Telemetry;

/// <summary>
/// One JSON object a line: <c>timestamp</c>, <c>level</c>, <c>message</c>, <c>logger</c>, <c>service</c>, <c>instance</c>, <c>trace_id</c>,
/// <c>span_id</c>, then the line's own properties, then <c>exception</c>.
/// </summary>
internal sealed class JsonLogFormatter(ServiceIdentity identity) : ITextFormatter
{
    private static readonly JsonValueFormatter Values = new(typeTagName: null);

    // "l": strings as they are, without quotes around them; "j": objects as JSON.
    private static readonly MessageTemplateTextFormatter Message = new("{Message:lj}", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public void Format(LogEvent logEvent, TextWriter output)
    {
        output.Write("{\"timestamp\":\"");
        output.Write(logEvent.Timestamp.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        output.Write('"');
        Write("level", logEvent.Level.ToString().ToLowerInvariant());
        using (var message = new StringWriter(CultureInfo.InvariantCulture))
        {
            Message.Format(logEvent, message);
            Write("message", message.ToString());
        }
        Write("logger", (logEvent.Properties.GetValueOrDefault(Constants.SourceContextPropertyName) as ScalarValue)?.Value as string);
        Write("service", identity.Name);
        Write("instance", identity.Instance);
        Write(TelemetryNames.Logs.TraceId, logEvent.TraceId?.ToHexString());
        Write(TelemetryNames.Logs.SpanId, logEvent.SpanId?.ToHexString());
        foreach (var (name, value) in logEvent.Properties)
        {
            if (name == Constants.SourceContextPropertyName || IsOurs(name))
                continue;
            output.Write(',');
            JsonValueFormatter.WriteQuotedJsonString(name, output);
            output.Write(':');
            Values.Format(value, output);
        }
        Write("exception", logEvent.Exception?.ToString());
        output.WriteLine('}');

        void Write(string name, string? value)
        {
            if (value is null)
                return;
            output.Write(",\"");
            output.Write(name);
            output.Write("\":");
            JsonValueFormatter.WriteQuotedJsonString(value, output);
        }
    }

    // A property of one of our own names would make the object ambiguous.
    private static bool IsOurs(string name) => name is "timestamp" or "level" or "message" or "logger" or "service" or "instance"
        or TelemetryNames.Logs.TraceId or TelemetryNames.Logs.SpanId or "exception";
}
