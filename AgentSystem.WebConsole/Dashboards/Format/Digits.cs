using System.Globalization;

namespace AgentSystem.WebConsole.Dashboards.Format;

/// <summary>Rounds and writes numbers as Grafana does (<c>toFixed</c> in its <c>valueFormats</c>), so that both show the same digits.</summary>
public static class Digits
{
    private static readonly decimal MostExact = (decimal)Math.Pow(2, 53);

    /// <summary>The number with as many decimals as told, or as many as its size asks for: about three digits that say something.</summary>
    public static string Text(double value, int? decimals = null)
    {
        if (double.IsNaN(value))
            return "NaN";
        if (double.IsInfinity(value))
            return value > 0 ? "∞" : "-∞";
        var digits = decimals ?? DecimalsFor(value);
        if (value == 0)
            return 0d.ToString("F" + digits, CultureInfo.InvariantCulture);
        var factor = Math.Pow(10, Math.Max(0, digits));
        var rounded = Math.Floor((value * factor) + 0.5) / factor; // halves go up, as JavaScript's Math.round has it
        if (!double.IsFinite(rounded))
            rounded = value;
        // JavaScript turns to exponents from 1e21 on and below 1e-6; those are written as they come.
        var magnitude = Math.Abs(rounded);
        if (rounded != 0 && magnitude is >= 1e21 or < 1e-6)
            return rounded == 0 ? 0d.ToString("F" + digits, CultureInfo.InvariantCulture) : rounded.ToString("0.################e+0", CultureInfo.InvariantCulture);
        return magnitude < (double)MostExact
            ? ((decimal)rounded).ToString("F" + digits, CultureInfo.InvariantCulture)
            : rounded.ToString("F" + digits, CultureInfo.InvariantCulture);
    }

    /// <summary>How many decimals a number of this size is shown with.</summary>
    public static int DecimalsFor(double value)
    {
        if (value % 1 == 0)
            return 0;
        var digits = 2 - (int)Math.Floor(Math.Log10(Math.Abs(value)));
        return Math.Max(0, digits);
    }
}
