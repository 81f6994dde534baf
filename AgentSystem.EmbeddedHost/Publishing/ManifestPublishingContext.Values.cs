using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Publishing;

public sealed partial class ManifestPublishingContext
{
    private readonly List<IResource> _referenced = [];
    private readonly HashSet<object> _visiting = [];

    /// <summary>Every name that an entry has, so that those which the writer makes up are new.</summary>
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The entries in which a parameter's value is encoded, by the way of encoding; those not yet written.</summary>
    private readonly Dictionary<ParameterResource, Dictionary<string, string>> _encoded = [];

    /// <summary>Writes what the resource's callbacks set, unresolved: as expressions.</summary>
    /// <exception cref="DistributedApplicationException">A value is known to a run only, or refers to an endpoint that is not there.</exception>
    public async Task WriteEnvironmentVariablesAsync(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        var context = new EnvironmentCallbackContext(ExecutionContext, resource, [], CancellationToken);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
            await annotation.Callback(context).ConfigureAwait(false);

        var variables = Written(resource, context.EnvironmentVariables, variable => variable.Value);
        if (variables.Count == 0)
            return;
        Writer.WriteStartObject("env");
        foreach (var (variable, text) in variables)
            Writer.WriteString(variable.Key, text);
        Writer.WriteEndObject();
    }

    /// <summary>Writes the resource's command line, unresolved: as expressions.</summary>
    /// <exception cref="DistributedApplicationException">A value is known to a run only, or refers to an endpoint that is not there.</exception>
    public async Task WriteCommandLineArgumentsAsync(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        var context = new CommandLineArgsCallbackContext([], resource, CancellationToken) { ExecutionContext = ExecutionContext };
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
            await annotation.Callback(context).ConfigureAwait(false);

        var arguments = Written(resource, context.Args, argument => argument);
        if (arguments.Count == 0)
            return;
        Writer.WriteStartArray("args");
        foreach (var (_, text) in arguments)
            Writer.WriteStringValue(text);
        Writer.WriteEndArray();
    }

    /// <summary>Gives every resource that the value refers to an entry, even one that is no part of the model.</summary>
    public void TryAddDependentResources(object? value)
    {
        if (value is ReferenceExpression expression)
            _ = Expression(expression);

        if (value is IResource resource)
        {
            if (!_referenced.Any(known => known.Name == resource.Name))
                _referenced.Add(resource);
            _names.Add(resource.Name);
        }
        else if (value is IValueWithReferences made && _visiting.Add(value))
        {
            foreach (var reference in made.References)
                TryAddDependentResources(reference);
            _visiting.Remove(value);
        }
    }

    /// <summary>The values with their text in the manifest; one without text is left out.</summary>
    private List<(T Item, string Text)> Written<T>(IResource resource, IEnumerable<T> items, Func<T, object?> value)
    {
        var written = new List<(T, string)>();
        foreach (var item in items)
        {
            if (Text(resource, value(item)) is not { } text)
                continue;
            written.Add((item, text));
            TryAddDependentResources(value(item));
        }

        return written;
    }

    private string? Text(IResource resource, object? value)
    {
        ThrowIfDangling(resource, value);
        return value switch
        {
            string text => text,
            ReferenceExpression expression => Expression(expression),
            IManifestExpressionProvider provider => provider.ValueExpression,
            IResourceBuilder<IResource> { Resource: IManifestExpressionProvider provider } => provider.ValueExpression,
            IValueProvider or IResource or IResourceBuilder<IResource> => throw new DistributedApplicationException(
                $"'{resource.Name}' cannot be published: it uses a {value.GetType().Name}, whose value only a run knows. Use one that has an expression (IManifestExpressionProvider), or none when publishing."),
            _ => value?.ToString(),
        };
    }

    /// <summary>Aspire would write the expression and leave it to the deployment to find nothing there.</summary>
    private void ThrowIfDangling(IResource resource, object? value)
    {
        if (value is EndpointReference { Exists: false } endpoint)
            throw new DistributedApplicationException(
                $"'{resource.Name}' cannot be published: it refers to endpoint '{endpoint.EndpointName}' of '{endpoint.Resource.Name}', which has none of that name when published. Give it one, for example with WithHttpEndpoint.");
        if (value is not IValueWithReferences made || !_visiting.Add(value))
            return;
        foreach (var reference in made.References)
            ThrowIfDangling(resource, reference);
        _visiting.Remove(value);
    }

    private string Expression(ReferenceExpression expression)
    {
        var parts = expression.ManifestExpressions.Zip(expression.ValueProviders, expression.StringFormats).Select(part =>
            !string.IsNullOrEmpty(part.Third) && ParameterOf(part.Second) is { } parameter ? $"{{{EncodedForm(parameter, part.Third)}.value}}" : part.First);
        return string.Format(CultureInfo.InvariantCulture, expression.Format, [.. parts]);
    }

    private static ParameterResource? ParameterOf(IValueProvider value) => value switch
    {
        ParameterResource parameter => parameter,
        ReferenceExpression { Format: "{0}", ValueProviders: [ParameterResource parameter] } => parameter,
        _ => null,
    };

    /// <summary>The name of the entry in which the parameter's value is encoded so.</summary>
    private string EncodedForm(ParameterResource parameter, string format)
    {
        if (!_encoded.TryGetValue(parameter, out var forms))
            _encoded[parameter] = forms = [];
        if (forms.TryGetValue(format, out var known))
            return known;

        var words = string.Concat(format.Select(c => char.IsLetterOrDigit(c) ? char.ToLowerInvariant(c) : ' ')).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var wanted = $"{parameter.Name}-{(words.Length == 0 ? "formatted" : string.Join('-', words))}-encoded";
        var name = wanted;
        for (var number = 1; !_names.Add(name); number++)
            name = $"{wanted}-{number}";
        return forms[format] = name;
    }

    private void WriteEncodedForms(ParameterResource parameter)
    {
        if (!_encoded.Remove(parameter, out var forms))
            return;
        foreach (var (format, name) in forms)
        {
            Writer.WriteStartObject(name);
            Writer.WriteString("type", "annotated.string");
            Writer.WriteString("value", parameter.ValueExpression);
            Writer.WriteString("filter", format);
            Writer.WriteEndObject();
        }
    }
}
