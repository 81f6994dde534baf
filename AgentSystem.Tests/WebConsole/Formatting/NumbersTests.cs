using AgentSystem.WebConsole.Formatting;

namespace AgentSystem.Tests.WebConsole.Formatting;

public sealed class NumbersTests
{
    [Theory]
    [InlineData(0, "$0")]
    [InlineData(0.00417, "$0.0042")]
    [InlineData(1.2, "$1.20")]
    [InlineData(1240, "$1,240")]
    [InlineData(double.NaN, "–")]
    public void Money_has_the_digits_that_matter(double dollars, string text) => Assert.Equal(text, Numbers.Money(dollars));

    [Theory]
    [InlineData(940, "940")]
    [InlineData(12_400, "12,400")]
    [InlineData(1_234_567, "1.23 M")]
    public void A_count_is_short(double count, string text) => Assert.Equal(text, Numbers.Count(count));

    [Theory]
    [InlineData(0.9995, "99.95 %", 4)]
    [InlineData(0.5, "50 %", 3)]
    [InlineData(double.NaN, "–", 3)]
    public void A_share_is_a_percentage(double share, string text, int digits) => Assert.Equal(text, Numbers.Percent(share, digits));

    [Theory]
    [InlineData(940, "940 B")]
    [InlineData(1536, "1.5 KiB")]
    public void Bytes_have_binary_units(double bytes, string text) => Assert.Equal(text, Numbers.Bytes(bytes));
}
