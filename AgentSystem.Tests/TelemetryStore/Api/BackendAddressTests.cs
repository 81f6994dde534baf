namespace AgentSystem.Tests.TelemetryStore.Api;

/// <summary>A suite judges what it is told to, or says what it misses; it never judges our own store in its place.</summary>
public sealed class BackendAddressTests
{
    private static readonly Uri Somewhere = new("http://localhost:1");

    [Fact]
    public void Both_addresses_or_none()
    {
        Assert.Null(BackendAddress.Both(("JAEGER_URL", null), ("OTLP_ENDPOINT", null)));
        Assert.Equal((Somewhere, Somewhere), BackendAddress.Both(("JAEGER_URL", Somewhere), ("OTLP_ENDPOINT", Somewhere)));
    }

    [Fact]
    public void One_without_the_other_names_the_missing_one()
    {
        var noOtlp = Assert.Throws<InvalidOperationException>(() => BackendAddress.Both(("JAEGER_URL", Somewhere), ("OTLP_ENDPOINT", null)));
        var noJaeger = Assert.Throws<InvalidOperationException>(() => BackendAddress.Both(("JAEGER_URL", null), ("OTLP_ENDPOINT", Somewhere)));

        Assert.StartsWith("JAEGER_URL is set, and OTLP_ENDPOINT is not.", noOtlp.Message, StringComparison.Ordinal);
        Assert.StartsWith("OTLP_ENDPOINT is set, and JAEGER_URL is not.", noJaeger.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost:3100")]
    [InlineData("loki")]
    public void What_is_no_address_is_refused(string value) => Assert.Throws<InvalidOperationException>(() => BackendAddress.Of("LOKI_URL", value));
}
