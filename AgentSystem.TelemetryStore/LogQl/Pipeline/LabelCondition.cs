using AgentSystem.TelemetryStore.LogQl.Syntax;
using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.TelemetryStore.LogQl.Pipeline;

/// <summary>
/// A label filter. A label that cannot be read as the number it is compared with lets the line through, with
/// <c>__error__="LabelFilterErr"</c>; a missing label does not.
/// </summary>
internal sealed class LabelCondition(LabelFilter filter) : IStage
{
    private const string FilterError = "LabelFilterErr";

    private readonly Func<EntryLabels, bool> _holds = Compile(filter);

    public IEnumerable<string> RequiredLabels { get; } = Names(filter).Distinct().ToArray();

    /// <summary>It looks at one label alone, by one comparison.</summary>
    internal bool IsSimple => filter is not BinaryLabelFilter && RequiredLabels.Any();

    public bool Process(long timestampNanos, ref string line, EntryLabels labels) => _holds(labels);

    private static IEnumerable<string> Names(LabelFilter filter) => filter switch
    {
        BinaryLabelFilter binary => Names(binary.Left).Concat(Names(binary.Right)),
        // Loki takes this for no condition at all.
        TextLabelFilter { Matcher: { Match: LabelMatch.Regex, Value: ".*" or "" } } => [],
        TextLabelFilter text => [text.Matcher.Name],
        NumberLabelFilter number => [number.Name],
        DurationLabelFilter duration => [duration.Name],
        BytesLabelFilter bytes => [bytes.Name],
        _ => [],
    };

    private static Func<EntryLabels, bool> Compile(LabelFilter filter)
    {
        switch (filter)
        {
            case BinaryLabelFilter binary:
                var (left, right) = (Compile(binary.Left), Compile(binary.Right));
                // Both sides of an "and" are always asked, for the sake of their errors.
                return binary.IsAnd ? labels => left(labels) & right(labels) : labels => left(labels) || right(labels);
            case TextLabelFilter text:
                var test = TextTest(text.Matcher);
                return labels => test(labels.Text(text.Matcher.Name));
            case NumberLabelFilter number:
                return Numeric(number.Name, number.Comparison, value => Conversions.Number(value), number.Value);
            case DurationLabelFilter duration:
                return Numeric(duration.Name, duration.Comparison, value =>
                    GoDuration.TryParseGo(value, out var nanos, out var error) ? (nanos, null) : (0, error), duration.Nanos);
            case BytesLabelFilter bytes:
                return Numeric(bytes.Name, bytes.Comparison, value =>
                    ByteSize.TryParse(value, out var size, out var error) ? (size, null) : (0, error), bytes.Bytes);
            default:
                throw new LogQlException($"the label filter {filter} is not supported by this store");
        }
    }

    private static Func<string, bool> TextTest(LabelMatcher matcher)
    {
        switch (matcher.Match)
        {
            case LabelMatch.Equal:
                return value => value == matcher.Value;
            case LabelMatch.NotEqual:
                return value => value != matcher.Value;
            default:
                var matches = LabelRegex.Compile(matcher.Value);
                return matcher.Match is LabelMatch.Regex ? matches : value => !matches(value);
        }
    }

    private static Func<EntryLabels, bool> Numeric<T>(string name, Comparison comparison, Func<string, (T Value, string? Error)> read, T operand)
        where T : IComparable<T> => labels =>
    {
        if (labels.Get(name) is not { } text)
            return false;
        var (value, error) = read(text);
        if (error is not null)
        {
            labels.FailOnce(FilterError, error);
            return true;
        }
        if (value is double.NaN || operand is double.NaN)
            return comparison is Comparison.NotEqual;
        var order = value.CompareTo(operand);
        return comparison switch
        {
            Comparison.Equal => order == 0,
            Comparison.NotEqual => order != 0,
            Comparison.Greater => order > 0,
            Comparison.GreaterOrEqual => order >= 0,
            Comparison.Less => order < 0,
            _ => order <= 0,
        };
    };
}

/// <summary>Numbers from labels, with the error texts of Loki's libraries.</summary>
internal static class Conversions
{
    internal static (double Value, string? Error) Number(string text) => GoText.TryParseFloat(text, out var value)
        ? (value, null)
        : (0, $"strconv.ParseFloat: parsing {GoText.Quote(text)}: invalid syntax");

    internal static (double Value, string? Error) Seconds(string text) => GoDuration.TryParseGo(text, out var nanos, out var error)
        // As Go's Duration.Seconds: the whole seconds and the rest apart, so that it rounds alike.
        ? ((nanos / GoDuration.Second) + ((nanos % GoDuration.Second) / 1e9), null)
        : (0, error);

    internal static (double Value, string? Error) Bytes(string text) => ByteSize.TryParse(text, out var bytes, out var error) ? (bytes, null) : (0, error);
}
