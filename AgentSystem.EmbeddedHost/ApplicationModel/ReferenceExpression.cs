using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A text with values in it that are filled in when it is needed.</summary>
public class ReferenceExpression : IExpressionValue, IValueWithReferences
{
    private ReferenceExpression(string format, IReadOnlyList<(IValueProvider Provider, string Expression, string? Format)> parts)
    {
        Format = format;
        ValueProviders = [.. parts.Select(part => part.Provider)];
        ManifestExpressions = [.. parts.Select(part => part.Expression)];
        StringFormats = [.. parts.Select(part => part.Format)];
    }

    public string Format { get; }
    public IReadOnlyList<IValueProvider> ValueProviders { get; }
    public IReadOnlyList<string> ManifestExpressions { get; }

    /// <summary>How each value is encoded where it stands; <c>uri</c> is the only way, null leaves it as it is.</summary>
    public IReadOnlyList<string?> StringFormats { get; }

    public string ValueExpression => string.Format(CultureInfo.InvariantCulture, Format, [.. ManifestExpressions]);

    IEnumerable<object> IValueWithReferences.References => ValueProviders;

    public static ReferenceExpression Create(in ExpressionInterpolatedStringHandler handler) => handler.ToExpression();

    /// <summary>Null when the text is empty.</summary>
    public async ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken)
    {
        if (Format.Length == 0)
            return null;
        var values = new object?[ValueProviders.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = Encode(await ValueProviders[i].GetValueAsync(context, cancellationToken).ConfigureAwait(false), StringFormats[i]);
        return string.Format(CultureInfo.InvariantCulture, Format, values);
    }

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken) => GetValueAsync(new ValueProviderContext(), cancellationToken);

    private static string? Encode(string? value, string? format) =>
        value is null || format is null ? value
        : string.Equals(format, "uri", StringComparison.OrdinalIgnoreCase) ? Uri.EscapeDataString(value)
        : throw new NotSupportedException($"A value cannot be encoded as '{format}'. It can be as 'uri'.");

    /// <summary>Takes an interpolated string apart, for the compiler.</summary>
    [InterpolatedStringHandler]
    public ref struct ExpressionInterpolatedStringHandler(int literalLength, int formattedCount)
    {
        private readonly StringBuilder _format = new(literalLength);
        private readonly List<(IValueProvider Provider, string Expression, string? Format)> _parts = new(formattedCount);

        /// <summary>A brace is text, and so are two of them: Aspire takes these for one that is escaped already.</summary>
        public readonly void AppendLiteral(string value)
        {
            for (var i = 0; i < value.Length; i++)
            {
                _format.Append(value[i]);
                if (value[i] is not ('{' or '}'))
                    continue;
                _format.Append(value[i]);
                if (i + 1 < value.Length && value[i + 1] == value[i])
                    i++;
            }
        }

        public readonly void AppendFormatted(string? value) => AppendLiteral(value ?? "");

        public readonly void AppendFormatted(string? value, string? format = null) => AppendLiteral(Encode(value, format) ?? "");

        public void AppendFormatted<T>(T valueProvider) where T : IValueProvider, IManifestExpressionProvider => AppendFormatted(valueProvider, format: null);

        public void AppendFormatted<T>(T valueProvider, string? format = null) where T : IValueProvider, IManifestExpressionProvider
        {
            _format.Append(CultureInfo.InvariantCulture, $"{{{_parts.Count}}}");
            _parts.Add((valueProvider, valueProvider.ValueExpression, format));
        }

        public void AppendFormatted<T>(IResourceBuilder<T> valueProvider) where T : IResource, IValueProvider, IManifestExpressionProvider =>
            AppendFormatted(valueProvider.Resource, format: null);

        public void AppendFormatted<T>(IResourceBuilder<T> valueProvider, string? format = null) where T : IResource, IValueProvider, IManifestExpressionProvider =>
            AppendFormatted(valueProvider.Resource, format);

        internal readonly ReferenceExpression ToExpression() => new(_format.ToString(), _parts);
    }
}
