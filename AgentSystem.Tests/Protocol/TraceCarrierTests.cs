using System.Diagnostics;
using AgentSystem.Protocol;
using CsCheck;
using OpenTelemetry;

namespace AgentSystem.Tests.Protocol;

public sealed class TraceCarrierTests
{
    private static readonly Gen<ActivityContext> GenContext = Gen.Select(
        Gen.Byte.Array[16], Gen.Byte.Array[8], Gen.Bool,
        (trace, span, sampled) => new ActivityContext(
            ActivityTraceId.CreateFromBytes(trace), ActivitySpanId.CreateFromBytes(span),
            sampled ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None, "vendor=1", isRemote: true))
        .Where(c => c.TraceId != default && c.SpanId != default);

    private static readonly string?[] Malformed =
    [
        null,
        "",
        "00-",
        "00-00000000000000000000000000000000-0000000000000000-00",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
    ];

    [Fact]
    public void A_context_comes_out_of_a_file_and_out_of_an_environment_as_it_went_in() => GenContext.Sample(context =>
    {
        var carrier = TraceCarrier.From(context);
        Assert.Equal(context, carrier.ToActivityContext());
        Assert.Equal(context.TraceId.ToHexString(), carrier.TraceId);

        var environment = new Dictionary<string, string?> { ["BAGGAGE"] = "left=over" };
        carrier.ToEnvironment(environment);
        Assert.Equal(carrier, TraceCarrier.FromEnvironment(environment));
    });

    [Fact]
    public void What_is_malformed_counts_as_absent_and_never_throws() =>
        Gen.Select(Gen.OneOf(Gen.String.Select(s => (string?)s), Gen.Int[0, Malformed.Length - 1].Select(i => Malformed[i])), Gen.String, Gen.String)
            .Sample((traceparent, tracestate, baggage) =>
            {
                var carrier = new TraceCarrier(traceparent, tracestate, baggage);
                Assert.Equal(default, carrier.ToActivityContext());
                Assert.Null(carrier.TraceId);
            });

    [Fact]
    public void Garbage_beside_a_good_traceparent_does_not_spoil_it() => Gen.Select(GenContext, Gen.String, Gen.String).Sample((context, tracestate, baggage) =>
    {
        var carrier = TraceCarrier.From(context) with { Tracestate = tracestate, Baggage = baggage };
        Assert.Equal(context.SpanId, carrier.ToActivityContext().SpanId);
    });

    [Fact]
    public void Baggage_goes_along()
    {
        Baggage.SetBaggage("tenant", "a, b = c");
        var carrier = TraceCarrier.From(Activity.Current);
        Baggage.ClearBaggage();

        Assert.Equal("", carrier.Traceparent);
        Assert.Equal("a, b = c", carrier.Extract().Baggage.GetBaggage("tenant"));
    }
}
