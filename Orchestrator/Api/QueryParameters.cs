namespace AgentSystem.Orchestrator.Api;

/// <summary>
/// Which query parameters an endpoint has. Others are refused: a filter with a typing mistake must not look like one that everything passes.
/// </summary>
internal sealed record QueryParameters(IReadOnlyList<string> Names)
{
    private static readonly QueryParameters None = new([]);

    /// <exception cref="BadInputException">The request has a parameter that its endpoint does not know.</exception>
    internal static ValueTask<object?> RefuseUnknownAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var known = (http.GetEndpoint()?.Metadata.GetMetadata<QueryParameters>() ?? None).Names;
        var errors = new FieldErrors();
        foreach (var unknown in http.Request.Query.Keys.Except(known, StringComparer.OrdinalIgnoreCase))
            errors.At("").Add(unknown, known.Count == 0 ? "is no parameter; there are none here" : $"is no parameter; there are {string.Join(", ", known)}");
        errors.ThrowIfAny();
        return next(context);
    }
}

internal static class QueryParametersExtensions
{
    /// <summary>Names the query parameters that the endpoint has; without this it has none.</summary>
    internal static RouteHandlerBuilder WithQuery(this RouteHandlerBuilder endpoint, params string[] names) =>
        endpoint.WithMetadata(new QueryParameters(names));
}
