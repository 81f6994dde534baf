namespace AgentSystem.WebConsole.Dashboards.Charts;

/// <summary>
/// Grafana's colours by their names, as CSS. What a name means is in <c>dashboards.css</c>, once for the light and once for the dark theme, so
/// that a chart keeps its contrast in both.
/// </summary>
public static class Palette
{
    private const int Colors = 12;

    private static readonly string[] Families = ["green", "yellow", "orange", "red", "blue", "purple"];

    // A shade is its family's colour with some black or white.
    private static readonly (string Prefix, string Mix)[] Shades =
        [("super-light-", "45%, white"), ("light-", "70%, white"), ("semi-dark-", "82%, black"), ("dark-", "65%, black"), ("", "")];

    /// <summary>The colour of the series at this place.</summary>
    public static string OfSeries(int place) => $"var(--series-{place % Colors})";

    /// <summary>The colour of a series by its name: the same name has the same colour on every panel.</summary>
    public static string OfName(string name)
    {
        var hash = 2166136261u;
        foreach (var c in name)
            hash = (hash ^ c) * 16777619u;
        return OfSeries((int)(hash % Colors));
    }

    /// <summary>A colour that a file names; one that is unknown is the muted text's.</summary>
    public static string Css(string? color)
    {
        if (string.IsNullOrEmpty(color))
            return "var(--text-3)";
        if (color is "transparent")
            return color;
        if (color is "text" or "white" or "black")
            return "var(--text)";
        if (IsHex(color))
            return color;
        foreach (var (prefix, mix) in Shades)
            if (color.StartsWith(prefix, StringComparison.Ordinal) && Families.Contains(color[prefix.Length..]))
                return mix.Length == 0 ? $"var(--color-{color})" : $"color-mix(in srgb, var(--color-{color[prefix.Length..]}) {mix})";
        return "var(--text-3)";
    }

    private static bool IsHex(string color) => color.Length is 4 or 7 or 9 && color[0] == '#' && color.Skip(1).All(char.IsAsciiHexDigit);
}
