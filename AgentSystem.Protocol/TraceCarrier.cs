using System.Collections;
using System.Diagnostics;
using System.Text.Json.Serialization;
using OpenTelemetry.Context.Propagation;

namespace AgentSystem.Protocol;

/// <summary>
/// The trace context that travels with a task through files, status lines and environment variables:
/// W3C Trace Context and Baggage (https://www.w3.org/TR/trace-context/, https://www.w3.org/TR/baggage/).
/// </summary>
/// <param name="Traceparent">Version, trace id, span id and flags; empty when there is no trace.</param>
/// <param name="Tracestate">Vendors' own entries; empty when there are none.</param>
/// <param name="Baggage">Key-value pairs that go along with the trace; empty when there are none.</param>
public sealed record TraceCarrier(string? Traceparent = "", string? Tracestate = "", string? Baggage = "")
{
    private static readonly CompositeTextMapPropagator Propagator = new([new TraceContextPropagator(), new BaggagePropagator()]);

    /// <summary>No trace.</summary>
    public static TraceCarrier Empty { get; } = new();

    /// <summary>The context of <paramref name="activity"/>, with the current baggage.</summary>
    public static TraceCarrier From(Activity? activity) => From(activity?.Context ?? default);

    /// <summary>The given span context, with the current baggage.</summary>
    public static TraceCarrier From(ActivityContext context)
    {
        var fields = new Dictionary<string, string>(3);
        Propagator.Inject(new PropagationContext(context, OpenTelemetry.Baggage.Current), fields, static (f, key, value) => f[key] = value);
        return new(fields.GetValueOrDefault("traceparent", ""), fields.GetValueOrDefault("tracestate", ""), fields.GetValueOrDefault("baggage", ""));
    }

    /// <summary>What the environment of this process says: <c>TRACEPARENT</c>, <c>TRACESTATE</c>, <c>BAGGAGE</c>.</summary>
    public static TraceCarrier FromEnvironment(IDictionary? environment = null)
    {
        environment ??= Environment.GetEnvironmentVariables();
        return new(environment["TRACEPARENT"] as string ?? "", environment["TRACESTATE"] as string ?? "", environment["BAGGAGE"] as string ?? "");
    }

    /// <summary>Sets <c>TRACEPARENT</c>, <c>TRACESTATE</c> and <c>BAGGAGE</c> for a child process; an empty field is removed.</summary>
    public void ToEnvironment(IDictionary<string, string?> environment)
    {
        Set("TRACEPARENT", Traceparent);
        Set("TRACESTATE", Tracestate);
        Set("BAGGAGE", Baggage);

        void Set(string key, string? value)
        {
            if (string.IsNullOrEmpty(value))
                environment.Remove(key);
            else
                environment[key] = value;
        }
    }

    /// <summary>
    /// Reads the fields. Malformed ones count as absent, as the specification wants: a broken trace must never break the task.
    /// </summary>
    public PropagationContext Extract() => Propagator.Extract(default, this, static (carrier, key) => key switch
    {
        "traceparent" => One(carrier.Traceparent),
        "tracestate" => One(carrier.Tracestate),
        "baggage" => One(carrier.Baggage),
        _ => [],
    });

    /// <summary>The span context alone; <c>default</c> when there is none or it is malformed.</summary>
    public ActivityContext ToActivityContext() => Extract().ActivityContext;

    /// <summary>The trace id as 32 hexadecimal digits, or null when there is none. It is the correlation id of logs and APIs.</summary>
    [JsonIgnore]
    public string? TraceId => ToActivityContext() is { } context && context.TraceId != default ? context.TraceId.ToHexString() : null;

    private static string[] One(string? value) => string.IsNullOrEmpty(value) ? [] : [value];
}
