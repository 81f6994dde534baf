using System.Buffers;
using System.Text.Json;
using AgentSystem.TelemetryStore.Telemetry;
using AgentSystem.TelemetryStore.Traces;

namespace AgentSystem.TelemetryStore.Jaeger;

/// <summary>The HTTP API of Jaeger 2.20's query service, which its own page and Grafana's data source speak.</summary>
internal static class JaegerApi
{
    // jaegerquery's memory backend refuses more than its max_traces.
    private const int MaxSearchDepth = 100_000;
    private const string NotFound = "trace not found";

    internal static void MapJaeger(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("/api");
        Map("/services", "services", Services);
        Map("/services/{service}/operations", "operations", OperationNames);
        Map("/operations", "operations", Operations);
        Map("/traces", "search", Search);
        Map("/traces/{traceID}", "trace", GetTrace);
        Map("/dependencies", "dependencies", Dependencies);
        Map("/metrics/latencies", "metrics", (_, _, query) => Metrics(query, withQuantile: true));
        Map("/metrics/calls", "metrics", (_, _, query) => Metrics(query, withQuantile: false));
        Map("/metrics/errors", "metrics", (_, _, query) => Metrics(query, withQuantile: false));

        void Map(string path, string name, Func<HttpContext, ITraceStore, JaegerQuery, Answer> handler) =>
            api.MapGet(path, (HttpContext context, ITraceStore store, TimeProvider time, StoreInstruments instruments) =>
                HandleAsync(context, instruments, name, () => handler(context, store, new(context.Request.Query, time))));
    }

    private static Answer Services(HttpContext context, ITraceStore store, JaegerQuery query)
    {
        var services = store.Services();
        return Answer.Of(services.Count, json => WriteTexts(json, services));
    }

    private static Answer OperationNames(HttpContext context, ITraceStore store, JaegerQuery query)
    {
        // Jaeger unescapes what its router has unescaped already (getOperationsLegacy); of ours, %2F is left over.
        var service = GoText.QueryUnescape((string)context.Request.RouteValues["service"]!);
        var names = store.Operations(service).Select(o => o.Name).Distinct().ToList();
        return Answer.Of(names.Count, json =>
        {
            if (names.Count == 0)
                json.WriteNullValue();
            else
                WriteTexts(json, names);
        });
    }

    private static Answer Operations(HttpContext context, ITraceStore store, JaegerQuery query)
    {
        var service = query.Text("service");
        if (service.Length == 0)
            throw new ParameterException("parameter 'service' is required");
        var kind = query.Text("spanKind");
        var operations = store.Operations(service).Where(o => kind.Length == 0 || SpanRules.KindName(o.Kind) == kind).ToList();
        return Answer.Of(operations.Count, json =>
        {
            json.WriteStartArray();
            foreach (var operation in operations)
            {
                json.WriteStartObject();
                json.WriteString("name", operation.Name);
                json.WriteString("spanKind", SpanRules.KindName(operation.Kind));
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
    }

    private static Answer Search(HttpContext context, ITraceStore store, JaegerQuery query)
    {
        var wanted = query.Traces();
        var ids = query.TraceIdList();
        if (ids.Count > 0)
        {
            var traces = ids.Distinct().Select(id => (Id: id, Trace: store.Find(id))).ToList();
            return Traces(traces.Select(t => t.Trace).OfType<Trace>(), query.Bool("raw"),
                [.. traces.Where(t => t.Trace is null).Select(t => new Error(null, NotFound, TraceIds.Text(t.Id)))]);
        }
        return wanted.Limit is <= 0 or > MaxSearchDepth
            ? Answer.Failed(StatusCodes.Status500InternalServerError, "search depth must be greater than 0 and less than max traces")
            : Traces(store.Search(wanted, context.RequestAborted), query.Bool("raw"), []);
    }

    private static Answer GetTrace(HttpContext context, ITraceStore store, JaegerQuery query)
    {
        var id = TraceIds.Parse((string)context.Request.RouteValues["traceID"]!);
        // Jaeger reads them, and passes them to storage that needs to know where to look.
        query.Micros("start");
        query.Micros("end");
        var raw = query.Bool("raw");
        return store.Find(id) is { } trace ? Traces([trace], raw, []) : Answer.Failed(StatusCodes.Status404NotFound, NotFound);
    }

    private static Answer Dependencies(HttpContext context, ITraceStore store, JaegerQuery query)
    {
        var (from, to) = query.DependencyRange();
        var service = query.Text("service");
        if (to < from)
            return Answer.Failed(StatusCodes.Status500InternalServerError, "end time must be greater than start time");
        var calls = store.Dependencies(from, to, context.RequestAborted).Where(d => service.Length == 0 || d.Parent == service || d.Child == service).ToList();
        return Answer.Of(0, json =>
        {
            json.WriteStartArray();
            foreach (var call in calls)
            {
                json.WriteStartObject();
                json.WriteString("parent", call.Parent);
                json.WriteString("child", call.Child);
                json.WriteNumber("callCount", call.CallCount);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
    }

    /// <summary>By default Jaeger has no metrics backend either, and says so of every request that it can read.</summary>
    private static Answer Metrics(JaegerQuery query, bool withQuantile)
    {
        query.CheckMetrics(withQuantile);
        return Answer.Failed(StatusCodes.Status501NotImplemented, "trace metrics are currently disabled - no metrics backend configured");
    }

    private static Answer Traces(IEnumerable<Trace> traces, bool raw, IReadOnlyList<Error> errors) => new(StatusCodes.Status200OK, 0, json =>
    {
        json.WriteStartArray();
        foreach (var trace in traces)
        {
            var shown = new JaegerTrace(trace);
            if (!raw)
                Adjusters.Apply(shown);
            JaegerJson.Write(json, shown);
        }
        json.WriteEndArray();
    }, errors);

    private static async Task HandleAsync(HttpContext context, StoreInstruments instruments, string name, Func<Answer> handler)
    {
        using var timer = instruments.Query("jaeger_" + name);
        Answer answer;
        try
        {
            answer = handler();
        }
        catch (ParameterException e)
        {
            answer = Answer.Failed(StatusCodes.Status400BadRequest, e.Message);
        }
        var pretty = context.Request.Query["prettyPrint"].ToString() is { Length: > 0 } and not "false";
        context.Response.StatusCode = answer.Status;
        // Go's http.Error, by which Jaeger answers, calls its JSON text.
        context.Response.ContentType = answer.Status == StatusCodes.Status200OK ? "application/json" : "text/plain; charset=utf-8";
        if (answer.Status != StatusCodes.Status200OK)
            context.Response.Headers.XContentTypeOptions = "nosniff";
        await context.Response.Body.WriteAsync(answer.Write(pretty), context.RequestAborted);
    }

    private static void WriteTexts(Utf8JsonWriter json, IEnumerable<string> texts)
    {
        json.WriteStartArray();
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private sealed record Error(int? Code, string Message, string? TraceId);

    /// <summary>The frame around every answer: <c>{"data":…,"total":0,"limit":0,"offset":0,"errors":null}</c>.</summary>
    private sealed record Answer(int Status, int Total, Action<Utf8JsonWriter> Data, IReadOnlyList<Error> Errors)
    {
        internal static Answer Of(int total, Action<Utf8JsonWriter> data) => new(StatusCodes.Status200OK, total, data, []);

        internal static Answer Failed(int status, string message) => new(status, 0, json => json.WriteNullValue(), [new(status, message, null)]);

        internal ReadOnlyMemory<byte> Write(bool pretty)
        {
            var buffer = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(buffer, new() { Indented = pretty && Status == StatusCodes.Status200OK, IndentSize = 4 }))
            {
                json.WriteStartObject();
                json.WritePropertyName("data");
                Data(json);
                json.WriteNumber("total", Total);
                json.WriteNumber("limit", 0);
                json.WriteNumber("offset", 0);
                WriteErrors(json);
                json.WriteEndObject();
            }
            if (Status != StatusCodes.Status200OK)
                buffer.Write("\n"u8);
            return buffer.WrittenMemory;
        }

        private void WriteErrors(Utf8JsonWriter json)
        {
            if (Errors.Count == 0)
            {
                json.WriteNull("errors");
                return;
            }
            json.WriteStartArray("errors");
            foreach (var error in Errors)
            {
                json.WriteStartObject();
                if (error.Code is { } code)
                    json.WriteNumber("code", code);
                json.WriteString("msg", error.Message);
                if (error.TraceId is { } id)
                    json.WriteString("traceID", id);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
    }
}
