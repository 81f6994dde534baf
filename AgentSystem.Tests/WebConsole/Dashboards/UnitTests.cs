using AgentSystem.WebConsole.Dashboards.Format;
using CsCheck;

namespace AgentSystem.Tests.WebConsole.Dashboards;

/// <summary>Values as Grafana writes them; the expectations are what its valueFormats make of the same numbers.</summary>
public sealed class UnitTests
{
    [Theory]
    [InlineData("none", 1234.5678, null, "1235", "1234.6", 1)]
    [InlineData("short", 1532.82, null, "1.53 K", "1.533 K", 3)]
    [InlineData("short", 0.0024, null, "0.00240", "0", 0)]
    [InlineData("short", -4_200_000, null, "-4.20 Mil", "-4 Mil", 0)]
    [InlineData("percent", 12.3456, null, "12.3%", "12.35%", 2)]
    [InlineData("percentunit", 0.278, null, "27.8%", "28%", 0)]
    [InlineData("bytes", 1536, null, "1.50 KiB", "2 KiB", 0)]
    [InlineData("decbytes", 1_500_000, null, "1.50 MB", "2 MB", 0)]
    [InlineData("mbytes", 2048, null, "2 GiB", "2.0 GiB", 1)]
    [InlineData("binBps", 3_221_225_472, null, "3 GiB/s", "3.0 GiB/s", 1)]
    [InlineData("Bps", 250, null, "250 B/s", "250.0 B/s", 1)]
    [InlineData("reqps", 1234, null, "1.23K req/s", "1.2K req/s", 1)]
    [InlineData("ops", 12, null, "12 ops/s", "12.0 ops/s", 1)]
    [InlineData("currencyUSD", 1532.82, null, "$1.53K", "$1.533K", 3)]
    [InlineData("currencyUSD", -12.5, null, "-$12.5", "-$12.50", 2)]
    [InlineData("hertz", 0.025, null, "25 mHz", "25.0 mHz", 1)]
    [InlineData("s", 0, null, "0 s", "0 s", 2)]
    [InlineData("s", 0.0123, null, "12.3 ms", "12 ms", 0)]
    [InlineData("s", 0.000012, null, "12 µs", "12.0 µs", 1)]
    [InlineData("s", 30, null, "30 s", "30.0 s", 1)]
    [InlineData("s", 90, null, "1.50 min", "1.5 min", 1)]
    [InlineData("s", 172_800, null, "2 day", "2.0 day", 1)]
    [InlineData("ms", 8000, null, "8 s", "8.0 s", 1)]
    [InlineData("ms", 125, null, "125 ms", "125.0 ms", 1)]
    [InlineData("m", 90, null, "1.50 hour", "1.5 hour", 1)]
    [InlineData("dtdurations", 0.0004, null, "0 seconds", "0 seconds", 2)]
    [InlineData("dtdurations", 3661, null, "1 hour", "1 hour, 1 minute, 1 second", 2)]
    [InlineData("dthms", 3661, null, "01:01:01", "01:01:01", 0)]
    [InlineData("clocks", 125, null, "02m:05s:000ms", "02m", 0)]
    [InlineData("dateTimeAsIso", 1_764_000_000_000, null, "2025-11-24 16:00:00", "2025-11-24 16:00:00", 0)]
    [InlineData("suffix:tasks", 7, null, "7 tasks", "7.0 tasks", 1)]
    [InlineData("prefix:#", 7, null, "#7", "#7.0", 1)]
    [InlineData("count:tasks", 1200, null, "1.20K tasks", "1K tasks", 0)]
    [InlineData("si:mA", 1200, null, "1.20 A", "1.2 A", 1)]
    [InlineData("bool:up/down", 1, null, "up", "up", 0)]
    [InlineData("bool:up/down", 0, null, "down", "down", 0)]
    [InlineData("parsecs", 3, null, "3 parsecs", "3.0 parsecs", 1)]
    public void A_value_is_written_as_Grafana_writes_it(string unit, double value, int? none, string automatic, string withDecimals, int decimals)
    {
        var format = Units.Of(unit);

        Assert.Equal(automatic, format(value, none).ToString());
        Assert.Equal(withDecimals, format(value, decimals).ToString());
    }

    [Theory]
    [InlineData("parsecs", false)]
    [InlineData("bytes", true)]
    [InlineData("currency:CHF", true)]
    [InlineData("time:YYYY", false)]
    [InlineData("", true)]
    [InlineData(null, true)]
    public void A_unit_that_is_not_known_is_known_to_be_so(string? unit, bool known) => Assert.Equal(known, Units.IsKnown(unit));

    private static readonly string[] Ids =
        ["none", "short", "percent", "percentunit", "bytes", "decbytes", "kbytes", "s", "ms", "ns", "m", "h", "d", "reqps", "currencyUSD", "hertz", "dtdurations", "dthms", "clocks", "sci", "locale", "dateTimeAsIso", "si:mA"];

    [Fact]
    public void Any_value_in_any_unit_is_written_in_few_characters() =>
        Gen.Select(AnyOf.These(Ids), Gen.Double, Gen.Int[-1, 6]).Sample((unit, value, decimals) =>
        {
            var text = Units.Of(unit)(value, decimals < 0 ? null : decimals).ToString();
            Assert.NotEmpty(text);
            Assert.True(text.Length < 400, text);
        });

    [Fact]
    public void The_number_that_is_written_is_the_value_rounded() =>
        Gen.Select(Gen.Double[-1e9, 1e9], Gen.Int[0, 6]).Sample((value, decimals) =>
        {
            // Half of the last digit, and what doubles of this size are apart.
            var tolerance = 0.5 * Math.Pow(10, -decimals) + 2 * (Math.BitIncrement(Math.Abs(value)) - Math.Abs(value));
            Assert.Equal(value, double.Parse(Digits.Text(value, decimals), System.Globalization.CultureInfo.InvariantCulture), tolerance);
        });
}
