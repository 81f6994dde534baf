using System.Globalization;
using System.Text.RegularExpressions;
using AgentSystem.WebConsole.Dashboards.Model;

namespace AgentSystem.WebConsole.Dashboards.Format;

/// <summary>What is shown of one value.</summary>
/// <param name="Color">Grafana's name of a colour or <c>#rrggbb</c>; null where no threshold or mapping gives one.</param>
/// <param name="Share">How far the value is on the way from min to max, from 0 to 1.</param>
public sealed record DisplayedValue(FormattedValue Formatted, string? Color, double Share, bool IsEmpty)
{
    public override string ToString() => Formatted.ToString();
}

/// <summary>Turns the values of one field into what is shown: mappings first, then unit and decimals; colour by mapping, then by threshold.</summary>
/// <param name="settings">The field's settings.</param>
/// <param name="min">The least value, where the settings name none.</param>
/// <param name="max">The greatest.</param>
public sealed class ValueDisplay(FieldSettings settings, double min = 0, double max = 100)
{
    private static readonly TimeSpan RegexLimit = TimeSpan.FromMilliseconds(50);

    private readonly Units.Formatter _format = Units.Of(settings.Unit);

    public double Min { get; } = settings.Min ?? min;

    public double Max { get; } = settings.Max ?? max;

    /// <summary>Shows a number; null is no value.</summary>
    public DisplayedValue Show(double? value)
    {
        var mapping = settings.Mappings.FirstOrDefault(m => Matches(m, value));
        var (color, share) = value is { } number && !double.IsNaN(number) ? (ThresholdColor(number), Share(number)) : (null, 0);
        var text = mapping?.Text is { Length: > 0 } mapped ? new(mapped)
            : value is null ? new FormattedValue(settings.NoValue is { Length: > 0 } none ? none : "-")
            : _format(value.Value, settings.Decimals);
        return new(text, mapping?.Color ?? color, share, value is null && mapping is null);
    }

    /// <summary>Shows a text, such as a label's value in a table.</summary>
    public DisplayedValue Show(string text)
    {
        var mapping = settings.Mappings.FirstOrDefault(m => Matches(m, text));
        return new(new(mapping?.Text is { Length: > 0 } mapped ? mapped : text), mapping?.Color, 0, text.Length == 0);
    }

    /// <summary>What <see cref="Show(double?)"/> shows, without its colour.</summary>
    public string Text(double value) => settings.Mappings.Count > 0 ? Show(value).ToString() : _format(value, settings.Decimals).ToString();

    /// <summary>The number alone, for an axis.</summary>
    public string Tick(double value) => _format(value, settings.Decimals).ToString();

    /// <summary>Where a limit of the thresholds lies on the value's own scale.</summary>
    public double LimitOf(ThresholdStep step) => settings.Thresholds.Percentage ? Min + ((Max - Min) * step.From / 100) : step.From;

    private string ThresholdColor(double value) =>
        settings.Thresholds.Steps.LastOrDefault(step => double.IsNegativeInfinity(step.From) || LimitOf(step) <= value)?.Color ?? settings.Thresholds.Steps[0].Color;

    private double Share(double value) => Max > Min ? Math.Clamp((value - Min) / (Max - Min), 0, 1) : 0;

    private static bool Matches(ValueMapping mapping, double? value) => mapping.Kind switch
    {
        MappingKind.Value => value is { } number && double.TryParse(mapping.Value, CultureInfo.InvariantCulture, out var wanted) && wanted.Equals(number),
        MappingKind.Range => value >= mapping.From && value <= mapping.To,
        MappingKind.Null => value is null,
        MappingKind.NaN => value is { } number && double.IsNaN(number),
        MappingKind.NullOrNaN => value is null || double.IsNaN(value.Value),
        MappingKind.True => value == 1,
        MappingKind.False => value == 0,
        MappingKind.Regex => value is { } number && Matches(mapping.Pattern!, number.ToString("R", CultureInfo.InvariantCulture)),
        _ => false,
    };

    private static bool Matches(ValueMapping mapping, string text) => mapping.Kind switch
    {
        MappingKind.Value => mapping.Value == text,
        MappingKind.Regex => Matches(mapping.Pattern!, text),
        MappingKind.Empty => text.Length == 0,
        MappingKind.True => text == "true",
        MappingKind.False => text == "false",
        _ => false,
    };

    private static bool Matches(string pattern, string text)
    {
        try
        {
            return GrafanaRegex.Of(pattern, RegexLimit).IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }
}
